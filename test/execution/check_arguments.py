"""What normc-run and normc say of bad command lines, bad arrays and bad graphs, and with which status: check_arguments.py WORK

Status 2 is a command line that cannot be right, 1 an input that is at fault, and nothing else ever.
"""

import os
import struct
import subprocess
import sys

import npy
import tools

GRAPH = """func.func @f(%x: tensor<?x4xf32>, %g: tensor<1x4xf32>) -> (tensor<?x4xf32>, tensor<1x4xf32>) {
  %y = norm.mul %x, %g : tensor<?x4xf32>, tensor<1x4xf32>
  %s = norm.sum %y over [0] : tensor<?x4xf32>
  return %y, %s : tensor<?x4xf32>, tensor<1x4xf32>
}
norm.gradient @f_grad of @f wrt [0, 1]
func.func @bf(%x: tensor<?x4xbf16>) -> tensor<?x4xbf16> {
  %y = norm.neg %x : tensor<?x4xbf16>
  return %y : tensor<?x4xbf16>
}
func.func @wide(%x: tensor<?x?xf64>) -> tensor<?x1xf64> {
  %y = norm.sum %x over [1] : tensor<?x?xf64>
  return %y : tensor<?x1xf64>
}
func.func @outer(%a: tensor<?x1xf32>, %b: tensor<1x?xf32>) -> tensor<?x?xf32> {
  %z = norm.mul %a, %b : tensor<?x1xf32>, tensor<1x?xf32>
  return %z : tensor<?x?xf32>
}
func.func @all(%x: tensor<?x?x?xf32>) -> tensor<1x1x1xf32> {
  %z = norm.abs %x : tensor<?x?x?xf32>
  %y = norm.sum %z over [0, 1, 2] : tensor<?x?x?xf32>
  return %y : tensor<1x1x1xf32>
}
"""


def main():
    work = sys.argv[1]
    os.makedirs(work, exist_ok=True)
    os.chdir(work)
    graph = tools.write_text("graph.mlir", GRAPH)
    tools.run("normc", graph, "-o", "graph.so")
    x, g = npy.make("f32", (3, 4), 1), npy.make("f32", (1, 4), 2)
    npy.write("x.npy", x)
    npy.write("g.npy", g)
    npy.write("zero.npy", npy.Array("f32", (1, 1, 1), [0.0]))
    good = ["--function=f", "--input=@x.npy", "--input=@g.npy"]
    with open("x.npy", "rb") as file:
        content = file.read()
    faults = []

    def expect(status, text, *arguments, tool="normc-run", stdin=b""):
        try:
            done = subprocess.run([tool, *arguments], input=stdin, capture_output=True, check=False, timeout=30)
        except subprocess.TimeoutExpired:
            faults.append(f"{tool} {' '.join(arguments)}\n  did not end within 30 s")
            return b""
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        if done.returncode != status or text not in said:
            faults.append(f"{tool} {' '.join(arguments)}\n  status {done.returncode}, expected {status}; expected is "
                          f"'{text}' in:\n  {said.strip()[:600]}")
        return done.stdout

    def bad_array(name, data, text):
        with open(name, "wb") as file:
            file.write(data)
        for device in ("cpu", "reference"):
            expect(1, text, graph, "--function=f", f"--device={device}", f"--input=@{name}", "--input=@g.npy")

    data = x.data()
    # What runs.
    expect(0, "", graph, *good, "--output=@y.npy", "--output=@s.npy")
    y = npy.read("y.npy")
    want = [a * b for a, b in zip(x.values, g.values * 3)]
    if npy.difference(y, npy.Array("f32", (3, 4), want), 0.0):
        faults.append("x g is not what it should be")
    expect(0, "", "graph.so", *good, "--output=@y.so.npy")
    expect(0, "", "./graph.so", *good)
    expect(0, "", os.path.abspath("graph.so"), *good)
    expect(0, "", "-", *good, "--output=@y.stdin.npy", stdin=GRAPH.encode())
    for other in ("y.so.npy", "y.stdin.npy"):
        if npy.first_difference_in_bits(other, "y.npy"):
            faults.append(f"{other} is not y.npy")
    piped = expect(0, "", graph, *good, "--output=@-")
    with open("y.npy", "rb") as file:
        if piped != file.read():
            faults.append("--output=@- does not write what --output=@y.npy does")
    expect(0, "", graph, "--function=f", "--input=@-", "--input=@g.npy", "--output=@y.piped.npy", stdin=content)
    expect(0, "result", graph, "--function=f", "--input=3x4xf32=0.5", "--input=1x4xf32=-inf")
    expect(0, "as expected", graph, *good, "--expected-output=@y.npy")
    expect(0, "as expected", graph, *good, "--expected-output=@y.npy", "--expected-output=@s.npy", "--rtol=0", "--atol=0")
    expect(0, "as expected", "graph.so", *good, "--expected-output=@y.npy", "--rtol=0", "--atol=0")
    expect(0, "agrees", graph, "--function=f_grad", *good[1:], "--check-gradients")
    expect(0, "ratio", graph, *good, "--check")
    expect(0, "ratio", graph, "--function=f_grad", *good[1:], "--input=@x.npy", "--input=1x4xf32=1", "--check")
    expect(0, "in 16 nothing can be said", graph, "--function=f", "--input=3x4xf32=3e38", "--input=1x4xf32=2", "--check")
    expect(0, "usage", "--help")
    expect(0, "usage", "--help", tool="normc")

    # Expectations that are not met.
    npy.write("off.npy", npy.Array("f32", (3, 4), [value + 0.01 for value in y.values]))
    npy.write("nan.npy", npy.Array("f32", (3, 4), [float("nan")] + y.values[1:]))
    expect(1, "DIFFER", graph, *good, "--expected-output=@off.npy")
    expect(0, "as expected", graph, *good, "--expected-output=@off.npy", "--atol=0.1")
    expect(1, "element 0", graph, *good, "--expected-output=@nan.npy", "--atol=1e9")
    expect(1, "", graph, *good, "--expected-output=@g.npy")
    expect(1, "", graph, *good, "--expected-output=@missing.npy")
    expect(1, "has 2 results", graph, *good, *["--expected-output=@y.npy"] * 3)

    # Arrays.
    expect(1, "missing.npy", graph, "--function=f", "--input=@missing.npy", "--input=@g.npy")
    expect(1, ".", graph, "--function=f", "--input=@.", "--input=@g.npy")
    bad_array("type.npy", npy.header("<f8", (3, 4)) + bytes(96), "'x'")
    bad_array("integer.npy", npy.header("<i4", (3, 4)) + bytes(48), "'x'")
    bad_array("half.npy", npy.header("<f2", (3, 4)) + bytes(24), "'x'")
    bad_array("rank.npy", npy.header("<f4", (12,)) + data, "'x'")
    bad_array("scalar.npy", npy.header("<f4", ()) + data[:4], "rank 0")
    bad_array("rank9.npy", npy.header("<f4", (1,) * 9) + data[:4], "rank 9")
    bad_array("fortran.npy", npy.header("<f4", (3, 4), fortran=True) + data, "row-major")
    bad_array("truncated.npy", npy.header("<f4", (3, 4)) + data[:-1], "truncated")
    bad_array("trailing.npy", npy.header("<f4", (3, 4)) + data + b"x", "trailing")
    bad_array("big.npy", npy.header(">f4", (3, 4)) + data, "big-endian")
    bad_array("object.npy", npy.header("|O", (3, 4)) + data, "'|O' is not supported")
    bad_array("unsigned.npy", npy.header("<u4", (3, 4)) + data, "not supported")
    bad_array("text.npy", b"1 2 3\n", "not a .npy file")
    bad_array("nothing.npy", b"", "not a .npy file")
    bad_array("header.npy", content[:40], "truncated header")
    bad_array("version.npy", content[:6] + b"\x09" + content[7:], "version 9.0")
    bad_array("endless.npy", b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b"{", "header of 4294967295 bytes")
    bad_array("huge.npy", npy.header("<f4", (2**62, 2**62)) + data, "more bytes than can be counted")
    bad_array("large.npy", npy.header("<f4", (2**40, 4)) + data, "truncated")
    bad_array("negative.npy", npy.header("<f4", (3, 4)).replace(b"(3,", b"(-3"), "malformed")
    expect(1, "is bf16, but the array", graph, "--function=bf", "--input=2x4xf16=0", "--device=reference")
    expect(1, "'x'", graph, "--function=bf", "--input=2x4xf16=0")
    expect(0, "", graph, "--function=bf", "--input=2x4xbf16=1.5", "--output=@bf.npy")
    if npy.read_raw("bf.npy")[:2] != ("bf16", (2, 4)):
        faults.append("bf16 is not written as u2")
    expect(0, "", graph, "--function=bf", "--input=@bf.npy")

    # How many, and of what.
    for where in (graph, "graph.so"):
        expect(1, "takes 2 arguments (x, g), but 1 was given", where, "--function=f", "--input=@x.npy")
        expect(1, "but 3 were given", where, *good, "--input=@x.npy")
        expect(1, "but 0 were given", where, "--function=f")
        expect(1, "nobody", where, "--function=nobody")
        expect(1, "has 2 results", where, *good, *["--output=@a.npy"] * 3)
    expect(1, "nobody", graph, "--function=nobody", "--device=reference")
    expect(1, "'f' is a function", graph, "--function=f", "--check-gradients", *good[1:])
    expect(1, "", graph, "--function=f_grad", "--check-gradients", "--input=@x.npy")

    # Command lines.
    expect(2, "--help")
    expect(2, "", graph)
    expect(2, "", graph, *good, "--device=gpu")
    expect(2, "", graph, *good, "--no-such-option")
    expect(2, "", graph, *good, "--rtol=much")
    for tolerance in ("--rtol=-1", "--atol=-1", "--rtol=nan"):
        expect(2, "--rtol and --atol must be numbers of at least 0", graph, *good, "--expected-output=@y.npy", tolerance)
    expect(2, "", graph, "graph.so", *good)
    expect(1, "a module has no graph", "graph.so", *good, "--device=reference")
    expect(1, "a module has no graph", "graph.so", "--function=f_grad", *good[1:], "--check-gradients")
    expect(1, "a module has no graph", "graph.so", *good, "--check")
    expect(1, "nobody", graph, "--function=nobody", "--check")
    expect(1, "but 0 were given", graph, "--function=f", "--check")
    for other in ("--device=reference", "--check-gradients", "--output=@z.npy", "--expected-output=@y.npy"):
        expect(2, "--check compares", graph, *good, "--check", other)
    expect(2, "", tool="normc")
    expect(2, "", graph, "--emit=poem", tool="normc")
    expect(2, "", graph, "--target=pdp11", tool="normc")

    expect(2, "'gpu' is none of cpu, reference, simt, cuda", graph, *good, "--device=gpu")
    expect(2, "'poem' is none of graph, gradient", graph, "--emit=poem", tool="normc")
    expect(2, "--emit is given 2 times", graph, "--emit=cpp", "--emit=ptx", tool="normc")
    expect(2, "--function is given 2 times", graph, *good, "--function=bf")
    expect(2, "--rtol and --atol go with --expected-output only", graph, *good, "--rtol=1")
    # A graph is not written over by what is made of it.
    copy = tools.write_text("copy.so", GRAPH)
    expect(2, "is the input itself", copy, "--emit=cpp", "-o", "./copy.so", tool="normc")
    expect(2, "is the input itself", copy, tool="normc")
    if tools.read_text(copy) != GRAPH:
        faults.append("normc wrote over its input")

    # Splats.
    for splat in ("4x4", "f32=1", "4xf32", "4xf32=", "4xf32=one", "4xf33=1", "ax4xf32=1", "-3x4xf32=1", "3xx4xf32=1", "=1",
                  "3x4xi32=1.5", "3x4xi32=4294967296", "3x4xi1=2", "1x1x1x1x1x1x1x1x1xf32=0", "x.npy", "3x4xf32=1=2",
                  "99999999999999999999x4xf32=0", "3 x4xf32=0", "3x4xf32 =0"):
        expect(1, "--input", graph, "--function=f", f"--input={splat}", "--input=1x4xf32=0")
    expect(1, "'1e39' is beyond the largest f32", graph, "--function=f", "--input=3x4xf32=1e39", "--input=1x4xf32=0")
    expect(1, "'1e999' is beyond the largest f64", graph, "--function=wide", "--input=3x4xf64=1e999")
    expect(0, "result", graph, "--function=wide", "--input=3x4xf64=-inf")
    expect(1, "no memory for an array of", graph, "--function=wide", "--input=1000000x1000000xf64=0")
    expect(1, "no memory for an array of", graph, "--function=wide", "--input=4000000000x4000000000xf64=0")
    expect(1, "no memory for an array of", graph, "--function=wide", "--input=1000000x1000000xf64=0", "--device=reference")
    # Small inputs with an intermediate value that no machine holds; and arrays without elements, over which no loop may run.
    expect(1, "no memory", graph, "--function=outer", "--input=1000000x1xf32=0", "--input=1x1000000xf32=0")
    for device in ("cpu", "reference"):
        for extents in ("1000000x1000000x0", "1000000000x0x1000000000", "0x1000000000x1000000000"):
            expect(0, "as expected", graph, "--function=all", f"--input={extents}xf32=0", f"--device={device}",
                   "--expected-output=@zero.npy")
        expect(1, "more bytes than can be counted", graph, "--function=all", "--input=4000000000x4000000000x0xf32=0",
               f"--device={device}")

    # Files that cannot be written.
    expect(1, "nowhere/y.npy", graph, *good, "--output=@nowhere/y.npy")
    expect(1, "'.'", graph, *good, "--output=@.")
    expect(1, "/dev/full", graph, *good, "--output=@/dev/full")
    expect(1, "nowhere/m.so", graph, "-o", "nowhere/m.so", tool="normc")
    expect(1, "/dev/full", graph, "--emit=cpp", "-o", "/dev/full", tool="normc")
    os.makedirs("folder", exist_ok=True)
    before = sorted(os.listdir("folder"))
    expect(1, "", graph, *good, "--output=@folder")
    if sorted(os.listdir("folder")) != before:
        faults.append("a failed write left something behind")

    # Graphs and modules that are none.
    expect(1, "missing.mlir", "missing.mlir", *good)
    expect(1, "", ".", *good)
    expect(1, "error:", "-", *good, stdin=b"")
    expect(1, "error:", "-", *good, stdin=b"func.func @f(")
    expect(1, "error:", "-", *good, stdin=b"\x00\x01\x02")
    expect(1, "error:", "x.npy", *good)
    with open("broken.so", "wb") as file:
        file.write(b"\x7fELF" + bytes(60))
    expect(1, "broken.so", "broken.so", *good)
    with open("graph.so", "rb") as module, open("half.so", "wb") as file:
        content = module.read()
        file.write(content[:len(content) // 2])
    expect(1, "half.so", "half.so", *good)
    expect(1, "error:", "graph.mlir.copy", *good)
    if faults:
        tools.fail("\n".join(faults))


if __name__ == "__main__":
    main()
