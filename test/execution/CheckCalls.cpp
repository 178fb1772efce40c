//===- CheckCalls.cpp - many calls against their bounds, in one process --===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// usage: check-calls FILE CALLS [simt|sm_90|..] [MODULE]
//
// Compiles a file of graphs once, or takes it compiled as MODULE, and does for each line of CALLS,
// "FUNCTION INPUT INPUT .. > PREFIX", what normc-run --check does: inputs are as there. Results are written to
// PREFIX.0.npy and so on. Of a call whose results exceed their bounds the table is printed. With `simt` (sm_80), or a
// GPU's name, results are those of its kernels on the host, whose threads take turns in three orders, and are also held
// against the CPU's: in the same bits, but for what a NaN carries. The last line says "C calls, F failed, N of M numbers
// compared". Exit status 1: a call failed.
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Callable.h"
#include "compiler/Tools/Compilation.h"
#include "compiler/Tools/GpuModule.h"
#include "compiler/Tools/ModuleFile.h"
#include "compiler/Tools/SharedObject.h"
#include "dialects/Norm/NormDialect.h"
#include "runtime/Types.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include <fmt/format.h>

using namespace llvm;
using namespace normc;

namespace {

struct Calls {
  mlir::ModuleOp graphs;
  std::shared_ptr<normrt_module> module;
  std::string target; ///< the GPU that is played; empty for none
  StringMap<size_t> gradients; ///< how many gradients a function returns, after its results
};

/// A number as bits; all NaN are one.
uint64_t bitsAt(const HostArray &array, size_t index) {
  const size_t size = runtime::elementBytes(array.type);
  uint64_t bits = 0;
  std::memcpy(&bits, reinterpret_cast<const char *>(array.data.data()) + index * size, size);
  auto isNan = [&](uint64_t sign, uint64_t infinity) { return (bits & ~sign) > infinity; };
  switch (array.type) {
  case NORMC_F16:
    return isNan(0x8000, 0x7c00) ? 0x7fff : bits;
  case NORMC_BF16:
    return isNan(0x8000, 0x7f80) ? 0x7fff : bits;
  case NORMC_F32:
    return isNan(0x80000000, 0x7f800000) ? 0x7fffffff : bits;
  case NORMC_F64:
    return isNan(uint64_t(1) << 63, uint64_t(0x7ff) << 52) ? ~uint64_t(0) >> 1 : bits;
  default:
    return bits;
  }
}

/// Results of the GPU's kernels, which have the CPU's bits whatever order threads take turns in.
Error compareDevices(const Calls &calls, StringRef function, ArrayRef<HostArray> inputs, std::vector<HostArray> &results) {
  for (normrt_simt_order order : {NORMRT_ASCENDING, NORMRT_DESCENDING, NORMRT_SHUFFLED}) {
    DeviceChoice simt;
    simt.kind = NORMRT_SIMT;
    simt.simt.order = order;
    simt.simt.seed = 7;
    Expected<std::unique_ptr<Callable>> callable = openFunction(calls.module, function, simt);
    if (!callable)
      return callable.takeError();
    Expected<std::vector<HostArray>> got = (*callable)->call(inputs);
    if (!got)
      return got.takeError();
    for (size_t i = 0; i < results.size(); ++i) {
      const HostArray &want = results[i], &other = (*got)[i];
      for (size_t k = 0; k < want.data.size() / runtime::elementBytes(want.type); ++k)
        if (bitsAt(want, k) != bitsAt(other, k))
          return createStringError(fmt::format("result {}: element {} has the bits {:#x} on cpu, but {:#x} on simt in order {}", i,
                                               k, bitsAt(want, k), bitsAt(other, k), int(order)));
    }
    results = std::move(*got);
  }
  return Error::success();
}

Expected<CheckReport> check(const Calls &calls, ArrayRef<StringRef> words) {
  StringRef prefix;
  if (words.size() > 2 && words[words.size() - 2] == ">") {
    prefix = words.back();
    words = words.drop_back(2);
  }
  mlir::ModuleOp graphs = calls.graphs;
  mlir::MLIRContext &context = *graphs.getContext();
  std::vector<HostArray> inputs;
  for (StringRef word : words.drop_front()) {
    Expected<HostArray> input = readInput(word, context);
    if (!input)
      return input.takeError();
    inputs.push_back(std::move(*input));
  }
  Expected<std::unique_ptr<Callable>> callable = openFunction(calls.module, words.front());
  if (!callable)
    return callable.takeError();
  Expected<std::vector<HostArray>> results = (*callable)->call(inputs);
  if (!results)
    return results.takeError();
  if (!calls.target.empty())
    if (Error different = compareDevices(calls, words.front(), inputs, *results))
      return different;
  for (size_t i = 0; i < results->size() && !prefix.empty(); ++i) {
    const HostArray &result = (*results)[i];
    std::string error;
    if (!runtime::writeNpy(fmt::format("{}.{}.npy", prefix.str(), i), result.type, result.extents, result.data.data(),
                           error))
      return createStringError(error);
  }
  auto reference = openReference(graphs, words.front());
  if (!reference)
    return reference.takeError();
  return (*reference)->check(inputs, *results, calls.gradients.lookup(words.front()));
}

Expected<OpenModule> compile(mlir::ModuleOp kernels, StringRef target) {
  Expected<std::string> path =
      target.empty() ? compileCached(emitModuleSource(kernels)) : compileGpuModule(kernels, target);
  if (!path)
    return path.takeError();
  return openModuleFile(*path);
}

int run(StringRef file, StringRef list, StringRef target, StringRef compiled) {
  auto lines = MemoryBuffer::getFile(list);
  if (!lines) {
    errs() << list << ": " << lines.getError().message() << '\n';
    return 1;
  }
  Compilation compilation;
  if (failed(compilation.parse(file)))
    return 1;
  Calls calls;
  for (auto gradient : compilation.getModule().getOps<norm::GradientOp>())
    calls.gradients[gradient.getSymName()] = gradient.getWrt().size();
  mlir::OwningOpRef<mlir::ModuleOp> graphs = compilation.runOnCopy(Stage::gradient);
  if (!graphs || (compiled.empty() && failed(compilation.run(Stage::kernels))))
    return 1;
  calls.graphs = *graphs;
  calls.target = target.str();
  Expected<OpenModule> module =
      compiled.empty() ? compile(compilation.getModule(), target) : openModuleFile(compiled.str());
  if (!module) {
    errs() << toString(module.takeError()) << '\n';
    return 1;
  }
  calls.module = std::move(*module);

  int64_t count = 0, failures = 0, elements = 0, compared = 0;
  SmallVector<StringRef> all, words;
  (*lines)->getBuffer().split(all, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : all) {
    words.clear();
    SplitString(line, words);
    if (words.empty())
      continue;
    ++count;
    Expected<CheckReport> report = check(calls, words);
    if (!report) {
      outs() << fmt::format("@{}: {}\n", words.front().str(), toString(report.takeError()));
      ++failures;
      continue;
    }
    elements += report->elements;
    compared += report->compared;
    if (!report->ok) {
      outs() << fmt::format("@{} exceeds its bounds:\n{}", words.front().str(), report->text);
      ++failures;
    }
  }
  outs() << fmt::format("{} calls, {} failed, {} of {} numbers compared\n", count, failures, compared, elements);
  return failures ? 1 : 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc >= 3 && argc <= 5)
    return run(argv[1], argv[2], argc == 3 ? "" : StringRef(argv[3]) == "simt" ? "sm_80" : argv[3], argc == 5 ? argv[4] : "");
  errs() << "usage: check-calls FILE CALLS [simt|sm_90|..] [MODULE]\n";
  return 2;
}
