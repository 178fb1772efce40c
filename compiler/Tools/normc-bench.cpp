//===- normc-bench.cpp - measures functions of a graph or a module -------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/BenchmarkArrays.h"
#include "compiler/Tools/Benchmark/BenchmarkReport.h"
#include "compiler/Tools/Benchmark/GpuMeasurement.h"
#include "compiler/Tools/Benchmark/Measurement.h"
#include "compiler/Tools/Benchmark/StreamingCopy.h"
#include "compiler/Tools/Compilation.h"
#include "compiler/Tools/DeviceChoice.h"
#include "compiler/Tools/ModuleFile.h"
#include "compiler/Tools/SharedObject.h"
#include "compiler/Tools/Usage.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include <fmt/format.h>
#include <omp.h>

using namespace llvm;
using namespace normc;

static constexpr const char *help =
    R"(normc-bench: measures a function of a graph or of a module, and holds it against memory

usage: normc-bench FILE|MODULE --function=NAME [--shapes=8x64xf32,1x64xf32] [--device=cpu|simt|cuda]
                   [--threads=N] [--format=table|json]

  FILE|MODULE              a graph as text (- is standard input), or what normc made of it
  --function=NAME          a function, or a gradient, which is two rows: NAME_forward and NAME_backward
  --shapes=T,T,..          types of the arguments in their order, as 8x64xf32; needed up to the last whose extents the
                           graph leaves open. Cotangents have the extents of their results
  --device=cpu             where to run
  --device=cuda            on an NVIDIA GPU, by its own clock; each call has other arrays than those before it, past the
                           level 2 cache; the copy is one within the GPU's memory
  --device-index=K         which GPU, counted from 0
  --device=simt            on the host, checked: how long that takes, and in JSON the bytes that were counted
  --target=sm_80           the GPU to compile a graph for: sm_75, sm_80, sm_86, sm_89, sm_90 or sm_90a; where not given,
                           the one at hand, or sm_80 on simt
  --simt-order=O           in which order threads take turns: ascending (the default), descending or shuffled
  --simt-seed=N            of the shuffled order
  --simt-counters          print the bytes that each kernel moved of each operand, to standard error beside JSON
  --threads=N              of the CPU, 1 to 4096; as many as OpenMP would use where not given
  --repetitions=R          how many samples to take; otherwise for about a second, and once on simt
  --format=table|json      for a person, or google-benchmark's schema, with the counters certified_bytes, minimum_bytes,
                           ratio_to_copy and more

Each function runs in turns with a streaming copy of the bytes that its kernels are certified to move, so that both meet
the same machine. The ratio to the copy is that of the fastest samples; by median, of neighbouring samples; to the least,
to a copy of the bytes that any implementation must move: each argument read once, each result written once.

example:
  normc-bench batch_norm.mlir --function=batch_norm_grad --shapes=65536x64xf32

exit status: 0 done, 1 the input is at fault, 2 usage
)";

namespace {

enum class Device { cpu, simt, cuda };
enum class Format { table, json };

struct Request {
  std::string file, function, shapes;
  int threads = 0, repetitions = 0;
  Format format = Format::table;
  DeviceChoice device;
  bool counters = false;
};

Error failAt(const Twine &message) {
  return createStringError(message.str());
}

Expected<SmallVector<ArrayType>> readShapes(StringRef text) {
  SmallVector<ArrayType> shapes;
  SmallVector<StringRef> parts;
  if (!text.empty())
    text.split(parts, ',');
  for (StringRef part : parts) {
    Expected<ArrayType> shape = readArrayType(part);
    if (!shape)
      return failAt(fmt::format("--shapes={}: {}; write a type for each argument, like 8x64xf32,1x64xf32", text.str(),
                                toString(shape.takeError())));
    shapes.push_back(std::move(*shape));
  }
  return shapes;
}

/// The module that a file is, or becomes. Null where the compiler has said why not.
Expected<OpenModule> open(const Request &request) {
  if (isModule(request.file)) {
    if (Error fault = checkModule(request.file, request.device))
      return fault;
    return openModuleFile(request.file);
  }
  Compilation compilation;
  if (failed(compilation.parse(request.file)))
    return OpenModule();
  DeviceChoice device = request.device;
  if (Error missing = findDevice(device))
    return missing;
  if (failed(compilation.run(Stage::kernels)))
    return OpenModule();
  Expected<std::string> path = compileFor(device, compilation.getModule());
  return path ? openModuleFile(*path) : path.takeError();
}

const char *deviceName(const DeviceChoice &device) {
  return device.kind == NORMRT_CUDA ? "cuda" : device.kind == NORMRT_SIMT ? "simt" : "cpu";
}

/// Runs a case and two copies in turns, on the host. `counts` is what the last call did on the simt device.
Expected<BenchmarkRow> runCase(BenchmarkCase &benchmark, const Request &request, std::vector<OperandCount> &counts) {
  CallOptions options(request.device, request.threads, &counts);
  normrt_error error = {};
  auto call = [&] {
    counts.clear();
    return normrt_call(benchmark.entry, benchmark.inputs.data(), benchmark.inputs.size(), benchmark.outputs.data(),
                       benchmark.outputs.size(), &options.options, &error);
  };
  if (call() != NORMRT_OK)
    return toError(error);
  const normc_traffic &traffic = benchmark.traffic;
  Expected<StreamingCopy> copy = StreamingCopy::create(traffic.read, traffic.written, request.threads);
  if (!copy)
    return copy.takeError();
  Expected<StreamingCopy> least = StreamingCopy::create(traffic.minimum_read, traffic.minimum_written, request.threads);
  if (!least)
    return least.takeError();

  normrt_status worst = NORMRT_OK;
  normrt_error worstError = {};
  std::vector<Timing> timings = measure({[&] {
                                           if (call() != NORMRT_OK) {
                                             worst = normrt_status(error.status);
                                             worstError = error;
                                           }
                                         },
                                         [&] { copy->run(); }, [&] { least->run(); }},
                                        request.repetitions);
  if (worst != NORMRT_OK)
    return toError(worstError);
  BenchmarkRow row = makeRow(benchmark, timings);
  row.device = deviceName(request.device);
  row.threads = request.threads;
  for (const OperandCount &count : counts) {
    row.counted.read += count.read;
    row.counted.written += count.written;
  }
  row.fitsCaches = benchmark.workingSet < 4 * privateCacheBytes() * request.threads;
  return row;
}

Error run(const Request &request, const normrt_module *module, StringRef executable) {
  Expected<const normrt_function *> function = findFunction(module, request.function);
  if (!function)
    return function.takeError();
  Expected<SmallVector<ArrayType>> shapes = readShapes(request.shapes);
  if (!shapes)
    return shapes.takeError();
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  Expected<BenchmarkArrays> arrays = BenchmarkArrays::create(*function, *shapes, request.threads, context);
  if (!arrays)
    return arrays.takeError();
  std::optional<GpuMeasurement> gpu;
  if (request.device.kind == NORMRT_CUDA) {
    Expected<GpuMeasurement> opened = GpuMeasurement::create(request.device.index);
    if (!opened)
      return opened.takeError();
    gpu.emplace(std::move(*opened));
  }
  std::vector<BenchmarkRow> rows;
  std::vector<OperandCount> counts, all;
  for (BenchmarkCase &benchmark : arrays->cases) {
    Expected<BenchmarkRow> row = gpu ? gpu->run(benchmark, request.repetitions) : runCase(benchmark, request, counts);
    if (!row)
      return row.takeError();
    rows.push_back(std::move(*row));
    all.insert(all.end(), counts.begin(), counts.end());
  }
  if (request.format == Format::table && gpu)
    outs() << gpu->describe() << '\n';
  outs() << (request.format == Format::json ? toJson(rows, executable) : toTable(rows));
  if (request.counters)
    (request.format == Format::json ? errs() : outs()) << toTable(all);
  return Error::success();
}

} // namespace

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  // libLLVM has an option of this name; it is not one of this tool's.
  if (cl::Option *other = cl::getRegisteredOptions().lookup("threads"))
    other->removeArgument();
  cl::OptionCategory category("normc-bench");
  cl::opt<std::string> file(cl::Positional, cl::desc("FILE|MODULE"), cl::Required, cl::cat(category));
  cl::opt<std::string> function("function", cl::Required, cl::cat(category)), shapes("shapes", cl::cat(category));
  normc::WordOption<Device> device("device", cl::init(Device::cpu), cl::cat(category),
                         cl::values(clEnumValN(Device::cpu, "cpu", ""), clEnumValN(Device::simt, "simt", ""),
                                    clEnumValN(Device::cuda, "cuda", "")));
  DeviceOptions deviceOptions(category);
  cl::opt<int> threads("threads", cl::init(0), cl::cat(category)),
      repetitions("repetitions", cl::init(0), cl::cat(category));
  normc::WordOption<Format> format("format", cl::init(Format::table), cl::cat(category),
                         cl::values(clEnumValN(Format::table, "table", ""), clEnumValN(Format::json, "json", "")));
  if (std::optional<int> status = normc::parseUsage(argc, argv, help, category))
    return *status;
  auto isWrong = [](const cl::opt<int> &option, int most) {
    const bool wrong = option.getNumOccurrences() && (option < 1 || option > most);
    if (wrong)
      errs() << fmt::format("normc-bench: error: --{} must be 1 to {}, not {}\n", option.ArgStr.str(), most,
                            int(option));
    return wrong;
  };
  if (isWrong(threads, NORMRT_MAX_THREADS) || isWrong(repetitions, 1000000))
    return 2;
  DeviceChoice choice;
  choice.kind = device == Device::simt ? NORMRT_SIMT : device == Device::cuda ? NORMRT_CUDA : NORMRT_CPU;
  if (!deviceOptions.read("normc-bench", choice))
    return 2;
  if (threads.getNumOccurrences() && choice.isGpu()) {
    errs() << "normc-bench: error: --threads goes with --device=cpu only\n";
    return 2;
  }
  // Without a number, once on simt, which takes its time.
  const int samples = repetitions ? int(repetitions) : device == Device::simt ? 1 : 0;
  Request request{file,    function, shapes, threads ? int(threads) : omp_get_max_threads(),
                  samples, format,   choice, deviceOptions.counters};
  Expected<OpenModule> module = open(request);
  if (module && !*module)
    return 1;
  Error fault = module ? run(request, module->get(), argv[0]) : module.takeError();
  if (!fault)
    return 0;
  errs() << "normc-bench: error: " << toString(std::move(fault)) << '\n';
  return 1;
}
