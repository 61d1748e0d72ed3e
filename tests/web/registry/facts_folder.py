"""A facts folder for the small pack, in CSV as a county would hand it in."""

from __future__ import annotations

from pathlib import Path

from tests.web.world import uscc

ONE, TWO, LAB = uscc(1), uscc(2), uscc(3)
FILES = {
    "place.csv": "code,name,parent,kind\n990100,示例市,,city\n990102,甲县,990100,county\n990103,乙县,990100,county\n",
    "cluster.csv": "id,name,county,chain,provincial_key\nc1,泵阀集群,990102,装备,是\nc2,未定集群,,,\n",
    "party.csv": (
        "uscc,name,kind,cluster,county,industry,founded_on,size_class,above_size\n"
        f"{ONE},一号公司,企业,c1,990102,C3441,2015-03-01,小型,true\n"
        f"{TWO},二号公司,enterprise,,990103,,2020年1月5日,,否\n"
        f"{LAB},检测所,lab,,,,,,\n"
    ),
    "observation.csv": (
        "subject_kind,subject,indicator,period,value,state\n"
        f"party,{ONE},营业收入,2024,12345678901.25,\n"
        f"party,{ONE},营业收入,2025,1000,approved\n"
        f"party,{ONE},研发强度,2025,3.5%,approved\n"
        f"party,{ONE},协作明显,2025,是,approved\n"
        f"party,{ONE},用电量,2025-01,10,approved\n"
        f"party,{ONE},用电量,2025-02,25,approved\n"
        f"party,{TWO},营业收入,2025,,draft\n"
        "cluster,c1,营业收入,2025,99999999999.99,submitted\n"
        "place,990102,营业收入,2025,0,returned\n"
    ),
    "recognition.csv": (
        "subject_kind,subject,title,awarded_on,valid_until\n"
        f"party,{ONE},示例称号,2025-08-01,2028-07-31\nparty,{TWO},示例称号,2023-08-01,\n"
    ),
    "review.csv": f"subject_kind,subject,title,reviewed_on,outcome\nparty,{TWO},示例称号,2025-09-01,整改\n",
    "entry/设备.csv": (
        f"subject_kind,subject,on,类别,金额,比例\nparty,{ONE},2025-05-01,生产,30000000.10,35%\nparty,{ONE},2024-06-01,,,\n"
    ),
    "entry/活动.csv": "subject_kind,subject,on,完成,结束\nplace,990102,2025-06-01,是,2025-06-30\n",
}


def write_facts(folder: Path, *, demo: bool = False, **changed: str) -> Path:
    """Write the folder; a changed file is named with _ for the dot and the slash (party_csv)."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(name.replace(".", "_").replace("/", "_"), text), encoding="utf-8")
    if demo:
        (folder / "demo.json").write_text('{"note": "全部虚构"}', encoding="utf-8")
    return folder
