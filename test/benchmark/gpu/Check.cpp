//===- Check.cpp - holds modules on a device against known results *- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt.h"
#include "test/benchmark/gpu/CaseList.h"
#include "test/benchmark/gpu/Elements.h"

#include <cstdio>
#include <cstring>
#include <memory>

using namespace normc;
using namespace normc::check;

static constexpr const char *help =
    R"(gpu-check: runs prepared modules on a device and holds their results against known ones

usage: gpu-check FOLDER [--device=cuda|simt|cpu] [--device-index=K]

  FOLDER    what prepare.py wrote: cases.txt, modules, inputs and results of the reference

exit status: 0 all results are within their tolerances, 1 some are not or something failed, 2 usage
)";

namespace {
struct CloseModule {
  void operator()(normrt_module *module) const { normrt_close(module); }
};

DLTensor view(const runtime::NpyArray &array) {
  uint8_t code = kDLFloat;
  if (array.type == NORMC_BF16)
    code = kDLBfloat;
  else if (array.type == NORMC_I32 || array.type == NORMC_I64)
    code = kDLInt;
  else if (array.type == NORMC_I1)
    code = kDLUInt;
  uint8_t bits = 32;
  if (array.type == NORMC_F16 || array.type == NORMC_BF16)
    bits = 16;
  else if (array.type == NORMC_F64 || array.type == NORMC_I64)
    bits = 64;
  else if (array.type == NORMC_I1)
    bits = 8;
  return {const_cast<void *>(array.data.data()),
          {kDLCPU, 0},
          int32_t(array.extents.size()),
          {code, bits, 1},
          const_cast<int64_t *>(array.extents.data()),
          nullptr,
          0};
}

/// One case. `fault` says what went wrong where that is no matter of numbers.
class Check {
public:
  Check(const Case &test, const normrt_options &options) : test(test), options(options) {}

  /// Whether all results are near enough; prints a line for each.
  bool run() {
    if (!open() || !call()) {
      std::printf("%-44s FAILED: %s\n", test.name.c_str(), fault.c_str());
      return false;
    }
    bool ok = true;
    for (size_t i = 0; i < test.expected.size(); ++i)
      ok &= compare(i);
    return ok;
  }

private:
  bool fail(const std::string &message) {
    fault = message;
    return false;
  }

  bool open() {
    normrt_module *opened = nullptr;
    if (normrt_open(test.module.c_str(), &opened, &error) != NORMRT_OK)
      return fail(error.message);
    module.reset(opened);
    return normrt_find(opened, test.function.c_str(), &function, &error) == NORMRT_OK || fail(error.message);
  }

  bool call() {
    std::vector<runtime::NpyArray> inputs(test.inputs.size());
    std::vector<DLTensor> arguments;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!runtime::readNpy(test.inputs[i], inputs[i], fault))
        return false;
      arguments.push_back(view(inputs[i]));
    }
    const int32_t count = normrt_result_count(function);
    if (test.expected.size() > size_t(count))
      return fail("more results are expected than the function has");
    std::vector<int64_t> extents(size_t(count) * NORMRT_MAX_RANK);
    if (normrt_result_extents(function, arguments.data(), int32_t(arguments.size()), extents.data(), count, &error) !=
        NORMRT_OK)
      return fail(error.message);
    std::vector<DLTensor> outputs;
    results.resize(size_t(count));
    for (int32_t i = 0; i < count; ++i)
      if (!allocate(i, &extents[size_t(i) * NORMRT_MAX_RANK]))
        return false;
    for (const runtime::NpyArray &result : results)
      outputs.push_back(view(result));
    return normrt_call(function, arguments.data(), int32_t(arguments.size()), outputs.data(), count, &options,
                       &error) == NORMRT_OK ||
           fail(error.message);
  }

  bool allocate(int32_t index, const int64_t *extents) {
    normrt_value value;
    if (normrt_result(function, index, &value, &error) != NORMRT_OK)
      return fail(error.message);
    runtime::NpyArray &result = results[size_t(index)];
    result.type = value.type;
    result.extents.assign(extents, extents + value.rank);
    int64_t bytes = view(result).dtype.bits / 8;
    for (int64_t extent : result.extents)
      bytes *= extent;
    return result.data.allocate(size_t(bytes)) || fail("no memory for result '" + std::string(value.name) + "'");
  }

  bool compare(size_t index) {
    normrt_value value;
    runtime::NpyArray want;
    std::string name = test.name;
    if (normrt_result(function, int32_t(index), &value, &error) == NORMRT_OK)
      name += ": " + std::string(value.name);
    if (!runtime::readNpy(test.expected[index].file, want, fault)) {
      std::printf("%-44s FAILED: %s\n", name.c_str(), fault.c_str());
      return false;
    }
    const std::vector<double> got = toDoubles(results[index]), expected = toDoubles(want);
    if (got.size() != expected.size()) {
      std::printf("%-44s FAILED: %zu elements, but %zu are expected\n", name.c_str(), got.size(), expected.size());
      return false;
    }
    const Distance distance = measureDistance(got, expected);
    const bool ok = distance.largest <= test.expected[index].tolerance;
    std::printf("%-44s %10zu elements, largest error %.2e of %.0e", name.c_str(), got.size(), distance.largest,
                test.expected[index].tolerance);
    if (ok)
      std::printf("\n");
    else
      std::printf(": DIFFERS, element %lld is %.9g where %.9g is expected\n", (long long)distance.at, distance.got,
                  distance.want);
    return ok;
  }

  const Case &test;
  const normrt_options &options;
  normrt_error error = {};
  std::string fault;
  std::unique_ptr<normrt_module, CloseModule> module;
  const normrt_function *function = nullptr;
  std::vector<runtime::NpyArray> results;
};

/// The value of an option, or null.
const char *valueOf(const char *word, const char *option) {
  const size_t length = std::strlen(option);
  return std::strncmp(word, option, length) == 0 && word[length] == '=' ? word + length + 1 : nullptr;
}
} // namespace

int main(int argc, char **argv) {
  std::string folder, device = "cuda", index = "0";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--help") == 0) {
      std::fputs(help, stdout);
      return 0;
    }
    if (const char *value = valueOf(argv[i], "--device"))
      device = value;
    else if (const char *value = valueOf(argv[i], "--device-index"))
      index = value;
    else if (argv[i][0] != '-' && folder.empty())
      folder = argv[i];
    else
      folder = "", i = argc; // not understood
  }
  normrt_options options = {NORMRT_VERSION, 0, NORMRT_CUDA, 0, nullptr, nullptr, nullptr};
  if (device == "simt")
    options.device = NORMRT_SIMT;
  else if (device == "cpu")
    options.device = NORMRT_CPU;
  else if (device != "cuda")
    folder = "";
  if (folder.empty() || index.empty() || index.size() > 4 ||
      index.find_first_not_of("0123456789") != std::string::npos) {
    std::fputs(help, stderr);
    return 2;
  }
  options.device_index = std::stoi(index);

  std::vector<Case> cases;
  std::string error;
  if (!readCases(folder, cases, error)) {
    std::fprintf(stderr, "gpu-check: error: %s\n", error.c_str());
    return 1;
  }
  int wrong = 0;
  for (const Case &test : cases)
    wrong += !Check(test, options).run();
  std::printf("%zu cases on %s, %d wrong\n", cases.size(), device.c_str(), wrong);
  return wrong ? 1 : 0;
}
