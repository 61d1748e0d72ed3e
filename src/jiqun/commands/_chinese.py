"""click's own words in Chinese.

click looks its texts up through `gettext` by the locale of the process. Our users read Chinese whatever the locale
of the server is, so the lookup itself is replaced, in each of click's modules, by this table.
"""

from __future__ import annotations

import importlib

_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
_TEXTS = {
    "Aborted!": "已中止。",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Usage:": "用法:",
    "Show this message and exit.": "显示帮助",
    "Show the version and exit.": "显示版本",
    "Missing command.": "缺少命令。",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "用 {command} {option} 查看用法。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数 {param_name}",
    "Invalid value: {message}": "值不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值不对：{message}",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such command {name!r}.": "没有命令 {name}。",
    "Did you mean {possibility}?": "您是否要写 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "您是否要写 {possibilities} 之一？",
    "Got unexpected extra argument ({args})": "多余的参数：{args}",
    "Got unexpected extra arguments ({args})": "多余的参数：{args}",
    "Takes {nargs} values but 1 was given.": "应有 {nargs} 个值，只给了 1 个。",
    "Takes {nargs} values but {len} were given.": "应有 {nargs} 个值，给了 {len} 个。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 应有 {nargs} 个值。",
    "Option {name!r} does not take a value.": "选项 {name} 不带值。",
    "Option {name!r} requires an argument.": "选项 {name} 缺少值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 应有 {nargs} 个值。",
    "env var: {var}": "环境变量：{var}",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "deprecated": "已停用",
    "(dynamic)": "（自动）",
    "unknown error": "原因不明",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "Could not open file {filename!r}: {message}": "不能打开文件 {filename}：{message}",
    "{name} {filename!r} does not exist.": "{name} {filename} 不存在。",
    "{name} {filename!r} is a file.": "{filename} 是文件，不是文件夹。",
    "{name} {filename!r} is a directory.": "{filename} 是文件夹，不是文件。",
    "{name} {filename!r} is not readable.": "{name} {filename} 不可读。",
    "{name} {filename!r} is not writable.": "{name} {filename} 不可写。",
    "{name} {filename!r} is not executable.": "{name} {filename} 不可执行。",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "{value!r} is not {choice}.": "“{value}”不在可选值 {choice} 中。",
    "{value!r} is not one of {choices}.": "“{value}”不在可选值 {choices} 中。",
    "{value!r} does not match the format {format}.": "“{value}”不合格式 {format}。",
    "{value!r} does not match the formats {formats}.": "“{value}”不合格式 {formats}。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
    "{value!r} is not a valid {number_type}.": "“{value}”不是数（{number_type}）。",
    "{value!r} is not a valid boolean. Recognized values: {states}": "“{value}”应为 true 或 false。",
    "{len_type} values are required, but {len_value} was given.": "应有 {len_type} 个值，只给了 {len_value} 个。",
    "{len_type} values are required, but {len_value} were given.": "应有 {len_type} 个值，给了 {len_value} 个。",
    "Do you want to continue?": "是否继续？",
    "Confirm the action without prompting.": "不再询问，直接执行",
    "Error: invalid input": "错误：输入不对",
}


def speak_chinese() -> None:
    """Make click say its texts in Chinese, in this process; a text not in the table stays as it is."""
    for name in _MODULES:
        module = importlib.import_module(f"click.{name}")
        for lookup, replacement in (("_", _one), ("ngettext", _counted)):
            if hasattr(module, lookup):
                setattr(module, lookup, replacement)


def _one(text: str) -> str:
    return _TEXTS.get(text, text)


def _counted(one: str, many: str, count: int) -> str:
    return _one(one if count == 1 else many)
