"""`jiqun`: finds the command and hands over; a command's module is imported only when it is called."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence

import click

from jiqun.base.errors import InputError
from jiqun.commands._chinese import speak_chinese

COMMANDS = {
    "check": "检查方案包并运行全部用例",
    "schema": "写出方案包文件的 JSON Schema，供编辑器提示",
    "sample": "生成演示数据",
    "snapshot": "把事实文件夹做成数据快照",
    "evaluate": "在快照上判定全部政策、梯级和目标",
    "explain": "说明一个主体对一条规则的判定",
    "simulate": "试算修改参数后的得失",
    "rank": "按评价体系给集群排名，附把握、敏感性和变化原因",
    "chain": "分析一个集群的产业链：缺口、薄弱环节、招引方向",
    "match": "为需求找供给：前几名、得分和不合条件的原因",
    "assign": "按名额和条件分派：团队到集群、专家到需求",
    "plan": "给多家工厂的机器排产",
    "promise": "为一张新订单答复最早交期和费用",
    "replan": "故障、延误或急单之后重排，列出变动",
    "load": "把事实文件夹导入数据库",
    "serve": "启动平台网站",
    "worker": "执行后台任务",
    "tick": "每日例行：督办提醒、逾期升级（由定时任务调用）",
    "demo": "生成演示数据并启动平台",
}
"""Each command with the line that `jiqun --help` shows; its module is `jiqun.commands.<name>`, its object `command`."""
_JSON = "jiqun.json"


class Program(click.Group):
    """The group of all commands; an `InputError` of any of them is printed and ends with exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands that are there, in the order of the work."""
        return [name for name in COMMANDS if importlib.util.find_spec(f"jiqun.commands.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"jiqun.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; where there is none, the nearest one is named."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=known, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("命令"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note whether a program reads the output, before the command takes its arguments."""
        ctx.meta[_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            if ctx.meta[_JSON]:
                click.echo(json.dumps({"errors": [p.as_dict() for p in error.problems]}, ensure_ascii=False, indent=2))
            else:
                show_problems(error)
            ctx.exit(2)


def show_problems(error: InputError) -> None:
    """Print every problem of an input on stderr, numbered."""
    click.secho(f"{error.title}，共 {len(error.problems)} 处：", fg="red", bold=True, err=True)
    width = len(str(len(error.problems)))
    for number, problem in enumerate(error.problems, start=1):
        click.echo(f"{number:>{width}}. {problem}", err=True)


@click.group(
    cls=Program,
    subcommand_metavar="命令 [参数]…",
    options_metavar="[选项]",
    help="集群：用一个方案包运行一座城市的特色产业集群提档升级行动。",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="jiqun", message="集群 jiqun %(version)s", help="显示版本")
def program() -> None:
    """The program without a command prints its help."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the program and end the process with its exit code: 0, or 2 where the input or the call is wrong."""
    speak_chinese()
    program.main(None if argv is None else list(argv), prog_name="jiqun")


if __name__ == "__main__":
    main()
