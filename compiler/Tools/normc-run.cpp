//===- normc-run.cpp - runs a graph or a module on arrays ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Callable.h"
#include "compiler/Tools/Compilation.h"
#include "compiler/Tools/ModuleFile.h"
#include "compiler/Tools/Ranks.h"
#include "compiler/Tools/ResultReport.h"
#include "compiler/Tools/SharedObject.h"
#include "compiler/Tools/Usage.h"
#include "dialects/Norm/NormDialect.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include <chrono>
#include <fmt/format.h>

using namespace llvm;
using namespace normc;

static constexpr const char *help = R"(normc-run: runs a function of a graph or of a module

usage: normc-run FILE|MODULE --function=NAME --input=@a.npy .. [--output=@y.npy ..]

  FILE|MODULE              a graph as text (- is standard input), or what normc made of it
  --function=NAME          a function, or a gradient: its inputs are the function's and then the cotangents,
                           its outputs the function's results and then the gradients
  --input=@FILE            a NumPy array (@- is standard input), in the order of the arguments
  --input=4x8xf32=0.5      an array filled with one number
  --output=@FILE           where to write a result (@- is standard output), in their order; without, a summary is printed
  --device=cpu             compiled, the default
  --device=reference       evaluated unfused in wider precision: the oracle
  --device=cuda            GPU kernels on an NVIDIA GPU
  --device-index=K         which one, counted from 0
  --device=simt            GPU kernels on the host, every access and barrier of them checked
  --target=sm_80           the GPU to compile a graph for: sm_75, sm_80, sm_86, sm_89, sm_90 or sm_90a; where not given,
                           the one at hand, or sm_80 on simt
  --simt-order=O           in which order threads take turns: ascending (the default), descending or shuffled
  --simt-seed=N            of the shuffled order
  --simt-counters          print the bytes that each kernel moved of each operand
  --ranks=N                share the call among N devices, as norm.shard on arguments says: sharded inputs are split, sharded
                           results joined, shares of gradients (norm.partial) added, so that files are those of one device
  --split=3,0,5,1          the shares, in rank order; without, even ones
  --group=local|mpi|nccl   ranks are threads (the default), the processes of mpirun, or GPUs
  --check                  hold the compiled results against the reference's, each element within the bound that its own
                           rounding errors have: those of the function and its chain rule as written, step by step in
                           the arithmetic of its types, times 4; prints where an error is the largest part of its bound
  --check-gradients        compare a gradient with central differences of its function, in the reference's precision;
                           cotangents that are left out are random
  --memory                 print the arrays that a call needs at once and their bytes: for a gradient, in its forward and in
                           its backward
  --expected-output=@FILE  compare a result, |got - want| <= A + R |want|, with
  --rtol=R --atol=A        1e-5 and 1e-8 where not given

example:
  normc-run batch_norm.mlir --function=batch_norm_grad --input=@x.npy --input=1x64xf32=1 --input=1x64xf32=0
            --input=@dout.npy --output=@out.npy --output=@dx.npy

exit status: 0 done, 1 the input or the check is at fault, 2 usage
)";

namespace {

enum class Device { cpu, reference, simt, cuda };

struct Request {
  std::string file, function;
  std::vector<std::string> inputs, outputs, expected;
  Device device = Device::cpu;
  DeviceChoice choice; ///< of a compiled function
  bool counters = false;
  bool check = false, checkGradients = false, memory = false;
  Tolerance tolerance;
  RankOptions ranks;
};

int fail(const Twine &message) {
  errs() << "normc-run: error: " << message << '\n';
  return 1;
}

/// `@FILE` or `-`, without the @.
std::string fileName(StringRef text) {
  text.consume_front("@");
  return text.str();
}

Expected<std::vector<HostArray>> readInputs(const Request &request, mlir::MLIRContext &context) {
  std::vector<HostArray> inputs;
  for (const std::string &text : request.inputs) {
    Expected<HostArray> input = readInput(text, context);
    if (!input)
      return input.takeError();
    inputs.push_back(std::move(*input));
  }
  return inputs;
}

StringRef deviceName(Device device) {
  switch (device) {
  case Device::cpu:
    return "cpu";
  case Device::reference:
    return "the reference";
  case Device::simt:
    return "simt";
  case Device::cuda:
    return "cuda";
  }
  return "";
}

int call(const Request &request, Callable &callable, ArrayRef<HostArray> inputs, mlir::MLIRContext &context,
         mlir::ModuleOp plans = {}) {
  std::vector<std::string> names = callable.resultNames();
  for (auto [option, given] : {std::pair("--output", request.outputs.size()), {"--expected-output", request.expected.size()}})
    if (given > names.size())
      return fail(fmt::format("{} is given {} times, but '{}' has {} result{}", option, given, request.function, names.size(),
                              names.size() == 1 ? "" : "s"));
  auto start = std::chrono::steady_clock::now();
  Expected<std::vector<HostArray>> results = callable.call(inputs);
  if (!results)
    return fail(toString(results.takeError()));
  std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
  if (!callable.speaks())
    return 0;
  if (request.memory) {
    Expected<std::string> report = callable.describeMemory(inputs, plans);
    if (!report)
      return fail(toString(report.takeError()));
    outs() << *report;
  }
  for (auto [index, text] : enumerate(request.outputs)) {
    const HostArray &result = (*results)[index];
    std::string error;
    if (!runtime::writeNpy(fileName(text), result.type, result.extents, result.data.data(), error))
      return fail(error);
  }
  if (!request.expected.empty()) {
    Expected<bool> ok = checkResults(names, *results, request.expected, request.tolerance, context);
    if (!ok)
      return fail(toString(ok.takeError()));
    if (!*ok)
      return 1;
  } else if (request.outputs.empty()) {
    printSummary(names, *results, context);
    outs() << fmt::format("{} took {:.3f} ms on {}\n", request.function, time.count(),
                          deviceName(request.device).str());
  }
  return 0;
}

/// Calls a function of a module, on one device or on many, and prints what was counted.
int callModule(const Request &request, const std::string &path, ArrayRef<HostArray> inputs, mlir::MLIRContext &context,
               mlir::ModuleOp plans = {}) {
  std::vector<OperandCount> counts;
  Expected<std::unique_ptr<Callable>> callable =
      request.ranks.group.empty()
          ? openModule(path, request.function, request.choice, request.counters ? &counts : nullptr)
          : openRanks(path, request.function, request.ranks);
  if (!callable)
    return fail(toString(callable.takeError()));
  int status = call(request, **callable, inputs, context, plans);
  // Standard output may be a result.
  if (request.counters)
    (is_contained(request.outputs, "-") || is_contained(request.outputs, "@-") ? errs() : outs()) << toTable(counts);
  return status;
}

/// Compiles for the device, which is looked for first. Empty where the compiler has said why not.
Expected<std::string> compileGraph(const Request &request, Compilation &compilation) {
  DeviceChoice device = request.choice;
  if (Error missing = findDevice(device))
    return missing;
  if (failed(compilation.run(Stage::kernels)))
    return std::string();
  return compileFor(device, compilation.getModule());
}

/// What a norm.gradient says, before it is replaced.
struct GradientRequest {
  std::string function;
  SmallVector<int64_t> wrt;
};

std::optional<GradientRequest> findGradient(mlir::ModuleOp module, StringRef name) {
  if (auto op = module.lookupSymbol<norm::GradientOp>(name))
    return GradientRequest{op.getFunction().str(), SmallVector<int64_t>(op.getWrt())};
  return std::nullopt;
}

/// Compiles the function and holds it against the reference.
int check(const Request &request, Compilation &compilation, ArrayRef<HostArray> inputs) {
  std::optional<GradientRequest> gradient = findGradient(compilation.getModule(), request.function);
  mlir::OwningOpRef<mlir::ModuleOp> graphs = compilation.runOnCopy(Stage::gradient);
  if (!graphs)
    return 1;
  Expected<std::unique_ptr<ReferenceCallable>> reference = openReference(*graphs, request.function);
  if (!reference)
    return fail(toString(reference.takeError()));
  Expected<std::string> path = compileGraph(request, compilation);
  if (!path)
    return fail(toString(path.takeError()));
  if (path->empty())
    return 1;
  std::vector<OperandCount> counts;
  Expected<std::unique_ptr<Callable>> callable = openModule(*path, request.function, request.choice, &counts);
  if (!callable)
    return fail(toString(callable.takeError()));
  Expected<std::vector<HostArray>> results = (*callable)->call(inputs);
  if (!results)
    return fail(toString(results.takeError()));
  Expected<CheckReport> report = (*reference)->check(inputs, *results, gradient ? gradient->wrt.size() : 0);
  if (!report)
    return fail(toString(report.takeError()));
  outs() << report->text;
  if (request.counters)
    outs() << toTable(counts);
  if (report->compared < report->elements)
    outs() << fmt::format("of {} numbers in {} nothing can be said: rounding may decide a choice there, divide by 0, or leave "
                          "the range of the type\n",
                          report->elements - report->compared, report->elements);
  return report->ok ? 0 : 1;
}

int runGraph(const Request &request) {
  Compilation compilation;
  if (failed(compilation.parse(request.file)))
    return 1;
  mlir::MLIRContext &context = *compilation.getModule().getContext();
  Expected<std::vector<HostArray>> inputs = readInputs(request, context);
  if (!inputs)
    return fail(toString(inputs.takeError()));

  if (request.check)
    return check(request, compilation, *inputs);
  if (request.device != Device::reference && !request.checkGradients) {
    Expected<std::string> path = compileGraph(request, compilation);
    if (!path)
      return fail(toString(path.takeError()));
    return path->empty() ? 1 : callModule(request, *path, *inputs, context, compilation.getModule());
  }

  std::optional<GradientRequest> gradient = findGradient(compilation.getModule(), request.function);
  if (failed(compilation.run(Stage::gradient)))
    return 1;
  Expected<std::unique_ptr<ReferenceCallable>> callable = openReference(compilation.getModule(), request.function);
  if (!callable)
    return fail(toString(callable.takeError()));
  if (!request.checkGradients)
    return call(request, **callable, *inputs, context);
  if (!gradient)
    return fail(fmt::format("--check-gradients needs a gradient, but '{}' is a function; name a norm.gradient",
                            request.function));
  auto function = compilation.getModule().lookupSymbol<mlir::func::FuncOp>(gradient->function);
  Expected<CheckReport> report = (*callable)->checkGradients(function, gradient->wrt, *inputs);
  if (!report)
    return fail(toString(report.takeError()));
  outs() << report->text;
  return report->ok ? 0 : 1;
}

int runModule(const Request &request) {
  if (request.device == Device::reference || request.checkGradients || request.check)
    return fail(fmt::format("{}: a module has no graph, which {} needs; give the file that it was made of", request.file,
                            request.checkGradients ? "--check-gradients"
                            : request.check        ? "--check"
                                                   : "--device=reference"));
  if (Error fault = checkModule(request.file, request.choice))
    return fail(toString(std::move(fault)));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  Expected<std::vector<HostArray>> inputs = readInputs(request, context);
  if (!inputs)
    return fail(toString(inputs.takeError()));
  return callModule(request, request.file, *inputs, context);
}

/// What is wrong with --ranks, --split and --group together, or ""; completes them.
std::string faultOf(RankOptions &options, bool hasRanks, bool isWhole) {
  if (!hasRanks && options.group.empty() && options.split.empty())
    return "";
  if (isWhole)
    return "--device=reference, --check and --check-gradients evaluate the graph on whole arrays: they go with none of --ranks, --split and "
           "--group";
  if (!options.group.empty() && !is_contained({"local", "mpi", "nccl"}, options.group))
    return fmt::format("there is no group '{}'; there are: local, mpi, nccl", options.group);
  if (options.group == "mpi" && hasRanks)
    return "the ranks of a group 'mpi' are its processes: say how many to mpirun, not by --ranks";
  if (options.group != "mpi" && options.group != "nccl" && !hasRanks)
    return "--split and --group=local need to know how many ranks there are: give --ranks=N";
  if (hasRanks && (options.ranks < 1 || options.ranks > NORMRT_MAX_RANKS))
    return fmt::format("--ranks must be between 1 and {}, not {}", NORMRT_MAX_RANKS, options.ranks);
  for (int64_t share : options.split)
    if (share < 0)
      return fmt::format("a share of --split must be at least 0, not {}", share);
  if (hasRanks && !options.split.empty() && int64_t(options.split.size()) != options.ranks)
    return fmt::format("--split gives {} shares, but there are {} ranks", options.split.size(), options.ranks);
  if (options.group.empty())
    options.group = "local";
  return "";
}

} // namespace

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::OptionCategory category("normc-run");
  cl::opt<std::string> file(cl::Positional, cl::desc("FILE|MODULE"), cl::Required, cl::cat(category));
  cl::opt<std::string> function("function", cl::Required, cl::cat(category));
  cl::list<std::string> inputs("input", cl::cat(category)), outputs("output", cl::cat(category)),
      expected("expected-output", cl::cat(category));
  normc::WordOption<Device> device("device", cl::init(Device::cpu), cl::cat(category),
                         cl::values(clEnumValN(Device::cpu, "cpu", ""), clEnumValN(Device::reference, "reference", ""),
                                    clEnumValN(Device::simt, "simt", ""), clEnumValN(Device::cuda, "cuda", "")));
  DeviceOptions deviceOptions(category);
  cl::opt<bool> memory("memory", cl::cat(category)), check("check", cl::cat(category)),
      checkGradients("check-gradients", cl::cat(category));
  cl::opt<int32_t> ranks("ranks", cl::init(0), cl::cat(category));
  cl::list<int64_t> split("split", cl::CommaSeparated, cl::cat(category));
  cl::opt<std::string> group("group", cl::cat(category));
  cl::opt<double> relative("rtol", cl::init(1e-5), cl::cat(category)), absolute("atol", cl::init(1e-8), cl::cat(category));
  if (std::optional<int> status = normc::parseUsage(argc, argv, help, category))
    return *status;
  if (check && (checkGradients || device == Device::reference || !outputs.empty() || !expected.empty())) {
    errs() << "normc-run: error: --check compares the compiled function with the reference and writes nothing: it goes with "
              "none of --device=reference, --check-gradients, --output and --expected-output\n";
    return 2;
  }
  if (expected.empty() && (relative.getNumOccurrences() || absolute.getNumOccurrences())) {
    errs() << "normc-run: error: --rtol and --atol go with --expected-output only\n";
    return 2;
  }
  if (!(relative >= 0.0 && absolute >= 0.0)) {
    errs() << "normc-run: error: --rtol and --atol must be numbers of at least 0\n";
    return 2;
  }
  DeviceChoice choice;
  choice.kind = device == Device::simt ? NORMRT_SIMT : device == Device::cuda ? NORMRT_CUDA : NORMRT_CPU;
  if (!deviceOptions.read("normc-run", choice))
    return 2;
  if (choice.isGpu() && checkGradients) {
    errs() << "normc-run: error: --check-gradients runs in the reference's precision, on no device\n";
    return 2;
  }
  if (memory && (check || checkGradients || device == Device::reference)) {
    errs() << "normc-run: error: --memory tells of the arrays of a compiled function: it goes with none of --device=reference, "
              "--check and --check-gradients\n";
    return 2;
  }
  RankOptions spread{group, ranks, split};
  if (std::string fault = faultOf(spread, ranks.getNumOccurrences() > 0, check || checkGradients || device == Device::reference);
      !fault.empty()) {
    errs() << "normc-run: error: " << fault << '\n';
    return 2;
  }
  if (!spread.group.empty() && choice.isGpu()) {
    errs() << "normc-run: error: ranks run on the CPU: --ranks, --split and --group go with none of --device=simt and --device=cuda\n";
    return 2;
  }
  Request request{file,  function,       inputs, outputs,  expected, device, choice, deviceOptions.counters,
                  check, checkGradients, memory, {relative, absolute}, spread};
  return isModule(request.file) ? runModule(request) : runGraph(request);
}
