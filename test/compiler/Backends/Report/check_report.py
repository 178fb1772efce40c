"""Holds pages about files to what they are: check_report.py WORK FILE.."""

import os
import re
import sys
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "execution"))
import tools

SPACE = "{http://www.w3.org/1999/xhtml}"
STAGES = ["graph", "gradient", "derivation", "closed-form", "kernels", "cpp"]


def text_of(element):
    return "".join(element.itertext())


def certified(kernels):
    """Of each kernel, in order: bytes read, written, and both at least."""
    found = []
    for certificate in re.findall(r"kernel\.certificate = \{(.*?)\}", kernels):
        fields = dict(re.findall(r'(\w+) = "([^"]*)"', certificate))
        found.append((fields.get("read", "0"), fields.get("written", "0"),
                      fields.get("minimum_read", "0"), fields.get("minimum_written", "0")))
    return found


def check(path, work):
    output = os.path.join(work, "report.html")
    tools.run("normc", path, "--emit=report", "-o", output)
    page = tools.read_text(output)
    root = xml.etree.ElementTree.fromstring(page)
    for element in root.iter():
        if element.tag in (SPACE + "script", SPACE + "link", SPACE + "img") or {"src", "href"} & set(element.attrib):
            tools.fail(f"{path}: the page refers to something: {element.tag} {element.attrib}")
    for stage in root.iter(SPACE + "details"):
        expected = tools.run("normc", path, f"--emit={stage.get('id')}")
        if text_of(stage.find(SPACE + "pre")).strip() != expected.strip():
            tools.fail(f"{path}: {stage.get('id')} on the page is not what normc prints")
    if [stage.get("id") for stage in root.iter(SPACE + "details")] != STAGES:
        tools.fail(f"{path}: the page has not every stage")
    rows = [[text_of(cell) for cell in row] for row in root.iter(SPACE + "tr")]
    together = [row[1:3] for row in rows if row[0] == "together"]
    least = [row[1:3] for row in rows if row[0] == "at least"]
    shown = [(*here, *minimum) for here, minimum in zip(together, least)]
    expected = certified(tools.run("normc", path, "--emit=kernels"))
    if not expected or shown != expected:
        tools.fail(f"{path}: the page says {shown}, the kernels {expected}")
    print(f"{os.path.basename(path)}: {len(shown)} kernels, {len(page)} characters")


def main():
    work, *paths = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    for path in paths:
        check(path, work)


if __name__ == "__main__":
    main()
