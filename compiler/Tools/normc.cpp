//===- normc.cpp - the compiler ------------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/EmitCpp.h"
#include "compiler/Backends/Derivation/EmitDerivation.h"
#include "compiler/Backends/Ptx/Target.h"
#include "compiler/Tools/Compilation.h"
#include "compiler/Tools/GpuModule.h"
#include "compiler/Tools/Output.h"
#include "compiler/Tools/Report.h"
#include "compiler/Tools/SharedObject.h"
#include "compiler/Tools/Timing.h"
#include "compiler/Tools/Usage.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using normc::WordOption;

static constexpr const char *help = R"(normc: compiles normalization graphs

usage: normc FILE [-o OUT] [--emit=STAGE] [--format=text|latex] [--target=TARGET] [--timing]

  FILE             a graph as text (.mlir); - is standard input
  -o OUT           where to write; - is standard output, the default for text
  --emit=STAGE     graph      what was written, checked, layers expanded
                   gradient   each gradient by the chain rule, step by step
                   derivation each step from the chain rule to the closed form, with its rule
                   closed-form  collapsed by algebra; what the forward saves for the backward
                   kernels    plans of kernels
                   cpp        one C++17 file, with extern "C" functions
                   llvm       the GPU's kernels as LLVM IR
                   ptx        the same as PTX
                   cubin      the same as machine code, where the CUDA Toolkit's ptxas is present
                   module     a shared object for normc-run and the runtime (the default; OUT is FILE with .so)
                   report     one HTML page about all of them: what is saved, what each kernel computes and moves
  --format=latex   the derivation as a LaTeX document
  --target=TARGET  cpu (the default), or the GPU that a module is for, too: sm_75, sm_80, sm_86, sm_89, sm_90 or sm_90a;
                   llvm, ptx and cubin are for sm_80 where no GPU is named; a report has PTX where one is
  --timing         print to standard error how many milliseconds each stage took

examples:
  normc batch_norm.mlir --emit=gradient        show the derived backward
  normc batch_norm.mlir --emit=derivation      why the backward is what it is
  normc batch_norm.mlir --emit=cpp -o bn.cpp   the kernels as C++
  normc batch_norm.mlir -o bn.so               a module; run it with
  normc-run bn.so --function=batch_norm --input=@x.npy --input=@gamma.npy --input=@beta.npy --output=@y.npy

environment: CXX names the system's compiler; NORMC_CXXFLAGS holds flags for it, after normc's own

exit status: 0 done, 1 the input is at fault, 2 usage
)";

namespace {

enum class Emit { graph, gradient, derivation, closedForm, kernels, cpp, llvm, ptx, cubin, module, report };

bool isGpuText(Emit emit) { return emit == Emit::llvm || emit == Emit::ptx || emit == Emit::cubin; }

normc::Stage stageOf(Emit emit) {
  switch (emit) {
  case Emit::graph:
    return normc::Stage::graph;
  case Emit::gradient:
    return normc::Stage::gradient;
  case Emit::derivation:
    return normc::Stage::derivation;
  case Emit::closedForm:
    return normc::Stage::closedForm;
  default:
    return normc::Stage::kernels;
  }
}

/// What is compiled is not written over.
bool isInputItself(StringRef input, StringRef output) {
  bool result = false;
  if (input == "-" || output == "-" || sys::fs::equivalent(input, output, result) || !result)
    return false;
  errs() << "normc: error: " << output << " is the input itself; name another file with -o\n";
  return true;
}

/// Compiles to a shared object beside where normc runs, unless `output` says where.
int emitModule(mlir::ModuleOp module, StringRef input, std::string output, StringRef target, mlir::TimingScope &timing) {
  if (output.empty()) {
    SmallString<128> path(input == "-" ? "module" : sys::path::filename(input));
    sys::path::replace_extension(path, ".so");
    output = std::string(path);
  }
  if (output == "-") {
    errs() << "normc: error: a module is not written to standard output; name a file with -o\n";
    return 2;
  }
  if (isInputItself(input, output))
    return 2;
  if (target != "cpu") {
    mlir::TimingScope both = timing.nest("emission and the system's compiler");
    if (Error error = normc::compileGpuModule(module, target, output)) {
      errs() << "normc: error: " << toString(std::move(error)) << '\n';
      return 1;
    }
    return 0;
  }
  mlir::TimingScope emission = timing.nest("emission");
  std::string source = normc::emitModuleSource(module);
  emission.stop();
  mlir::TimingScope compiler = timing.nest("the system's compiler");
  if (Error error = normc::compileSharedObject(source, output)) {
    errs() << "normc: error: " << toString(std::move(error)) << '\n';
    return 1;
  }
  return 0;
}

int compile(StringRef input, const std::string &output, Emit emit, StringRef target, normc::derivation::Format format,
            mlir::TimingScope &timing) {
  if (!output.empty() && isInputItself(input, output))
    return 2;
  mlir::TimingScope setUp = timing.nest("set-up");
  normc::Compilation compilation(&timing);
  setUp.stop();
  if (failed(compilation.parse(input)))
    return 1;
  if (emit == Emit::report) {
    const std::string title = input == "-" ? "standard input" : sys::path::filename(input).str();
    mlir::FailureOr<std::string> page = normc::makeReport(compilation, title, target);
    return succeeded(page) && normc::writeOutput(output.empty() ? "-" : output, *page) ? 0 : 1;
  }
  if (failed(compilation.run(stageOf(emit))))
    return 1;
  if (emit == Emit::module)
    return emitModule(compilation.getModule(), input, output, target, timing);
  mlir::TimingScope emission = timing.nest("emission");
  std::string text;
  if (emit == Emit::derivation) {
    mlir::FailureOr<std::string> derivation = normc::derivation::emitDerivation(compilation.getModule(), format);
    if (failed(derivation))
      return 1;
    text = std::move(*derivation);
  } else if (isGpuText(emit)) {
    const auto what = emit == Emit::llvm  ? normc::GpuText::llvm
                      : emit == Emit::ptx ? normc::GpuText::ptx
                                          : normc::GpuText::cubin;
    Expected<std::string> made = normc::emitGpuText(compilation.getModule(), target == "cpu" ? "sm_80" : target, what);
    if (!made) {
      errs() << "normc: error: " << toString(made.takeError()) << '\n';
      return 1;
    }
    text = std::move(*made);
  } else {
    text = emit == Emit::cpp ? normc::cpp::emitCpp(compilation.getModule()).text : normc::printModule(compilation.getModule());
  }
  return normc::writeOutput(output.empty() ? "-" : output, text) ? 0 : 1;
}

} // namespace

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::OptionCategory category("normc");
  cl::opt<std::string> input(cl::Positional, cl::desc("FILE"), cl::Required, cl::cat(category));
  cl::opt<std::string> output("o", cl::desc("where to write"), cl::value_desc("OUT"), cl::cat(category));
  WordOption<Emit> emit("emit", cl::desc("what to emit"), cl::init(Emit::module), cl::cat(category),
                     cl::values(clEnumValN(Emit::graph, "graph", ""), clEnumValN(Emit::gradient, "gradient", ""),
                                clEnumValN(Emit::derivation, "derivation", ""),
                                clEnumValN(Emit::closedForm, "closed-form", ""),
                                clEnumValN(Emit::kernels, "kernels", ""), clEnumValN(Emit::cpp, "cpp", ""),
                                clEnumValN(Emit::llvm, "llvm", ""), clEnumValN(Emit::ptx, "ptx", ""),
                                clEnumValN(Emit::cubin, "cubin", ""), clEnumValN(Emit::module, "module", ""),
                                clEnumValN(Emit::report, "report", "")));
  cl::opt<std::string> target("target", cl::desc("what to emit for"), cl::init("cpu"), cl::cat(category));
  using normc::derivation::Format;
  WordOption<Format> format("format", cl::desc("of a derivation"), cl::init(Format::text), cl::cat(category),
                         cl::values(clEnumValN(Format::text, "text", ""), clEnumValN(Format::latex, "latex", "")));
  cl::opt<bool> timing("timing", cl::desc("print what each stage took"), cl::cat(category));
  if (std::optional<int> status = normc::parseUsage(argc, argv, help, category))
    return *status;
  if (format.getNumOccurrences() && emit != Emit::derivation) {
    errs() << "normc: error: --format is for --emit=derivation\n";
    return 2;
  }
  if (target != "cpu" && !normc::ptx::findTarget(target)) {
    errs() << "normc: error: --target=" << target << " is none of cpu";
    for (const normc::ptx::Target &known : normc::ptx::targets)
      errs() << ", " << known.name;
    errs() << '\n';
    return 2;
  }
  if (target != "cpu" && !isGpuText(emit) && emit != Emit::module && emit != Emit::report) {
    errs() << "normc: error: --target=" << target << " is for --emit=llvm, ptx, cubin, module and report\n";
    return 2;
  }
  if (target == "cpu" && target.getNumOccurrences() && isGpuText(emit)) {
    errs() << "normc: error: --emit=llvm, ptx and cubin are for a GPU, not for --target=cpu\n";
    return 2;
  }
  if (emit == Emit::cubin && (output.empty() || output == "-")) {
    errs() << "normc: error: a cubin is not written to standard output; name a file with -o\n";
    return 2;
  }
  mlir::DefaultTimingManager manager;
  if (timing)
    normc::printMilliseconds(manager);
  mlir::TimingScope root = manager.getRootScope();
  return compile(input, output, emit, target, format, root);
}
