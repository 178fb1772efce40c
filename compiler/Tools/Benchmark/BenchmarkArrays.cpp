//===- BenchmarkArrays.cpp - arrays to measure a function with -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/BenchmarkArrays.h"
#include "compiler/Reference/Array.h"
#include "compiler/Tools/ModuleFile.h"

#include "mlir/IR/BuiltinTypes.h"
#include <fmt/format.h>
#include <random>

using namespace llvm;

namespace normc {

/// Prime, so that rows and channels of ordinary extents do not repeat.
static constexpr int64_t patternElements = 65521;

/// `?x64xf32`
static std::string typeText(const normrt_value &value) {
  std::string text;
  for (int32_t axis = 0; axis < value.rank; ++axis)
    text += value.extents[axis] < 0 ? "?x" : fmt::format("{}x", value.extents[axis]);
  return text + typeName(value.type).str();
}

static bool isFloat(int32_t type) {
  return type >= NORMC_F16 && type <= NORMC_F64;
}

/// Bytes that an input repeats.
static Expected<std::vector<char>> pattern(int32_t type, mlir::MLIRContext &context) {
  reference::Array<double> array;
  array.extents = {patternElements};
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (int64_t i = 0; i < patternElements; ++i)
    if (isFloat(type))
      array.reals.push_back(normal(random));
    else
      array.integers.push_back(type == NORMC_I1);
  mlir::FailureOr<std::vector<char>> bytes = reference::toBytes(elementType(type, context), array);
  if (failed(bytes))
    return createStringError("no values are known for this type");
  return std::move(*bytes);
}

/// In equal shares, as kernels divide their work.
static void fill(HostArray &array, ArrayRef<char> pattern, int threads) {
  char *data = static_cast<char *>(array.data.data());
  const int64_t size = array.data.size(), step = pattern.size();
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int64_t at = 0; at < size; at += step)
    std::copy_n(pattern.begin(), std::min(step, size - at), data + at);
}

class ArrayMaker {
public:
  ArrayMaker(const normrt_function *function, ArrayRef<ArrayType> shapes, int threads, mlir::MLIRContext &context)
      : function(function), shapes(shapes), threads(threads), context(context) {}

  Expected<BenchmarkArrays> run() {
    normrt_error error;
    const normrt_function *forward = nullptr, *backward = nullptr;
    if (normrt_gradient_entries(function, &forward, &backward, &error) != NORMRT_OK)
      return toError(error);
    isGradient = forward != nullptr;
    if (int32_t count = normrt_argument_count(function); shapes.size() > size_t(count))
      return createStringError(fmt::format("--shapes has {} arrays, but '{}' takes {}", shapes.size(),
                                           normrt_function_name(function), count));
    if (Error fault = makeArguments())
      return fault;
    for (const normrt_function *entry : {isGradient ? forward : function, backward})
      if (entry)
        if (Error fault = makeCase(entry))
          return fault;
    return std::move(made);
  }

private:
  std::pair<int32_t, int32_t> keyOf(const normrt_value &value, bool isArgument, int32_t index) const {
    return isGradient ? std::pair(value.role, value.position) : std::pair(isArgument ? -1 : -2, index);
  }

  Error makeArguments() {
    normrt_error error;
    for (int32_t i = 0; i < normrt_argument_count(function); ++i) {
      normrt_value value;
      if (normrt_argument(function, i, &value, &error) != NORMRT_OK)
        return toError(error);
      std::vector<int64_t> extents(value.extents, value.extents + value.rank);
      if (size_t(i) < shapes.size()) {
        if (shapes[i].type != value.type)
          return createStringError(fmt::format("argument '{}' is {}, but --shapes has {} for it", value.name,
                                               typeText(value), typeName(shapes[i].type).str()));
        extents.assign(shapes[i].extents.begin(), shapes[i].extents.end());
      } else if (is_contained(extents, -1)) {
        // As its result; its array is made where the results are known.
        if (value.role == NORMC_COTANGENT && isGradient)
          continue;
        return createStringError(fmt::format("the extents of argument '{}' are not known: it is {}; give those of all "
                                             "arguments before and up to it, with "
                                             "numbers for each ?, as in --shapes=8x64xf32,1x64xf32",
                                             value.name, typeText(value)));
      }
      if (Error fault = makeArray(keyOf(value, true, i), value.type, extents, /*isInput=*/true))
        return fault;
    }
    return Error::success();
  }

  Error makeArray(std::pair<int32_t, int32_t> key, int32_t type, ArrayRef<int64_t> extents, bool isInput) {
    Expected<HostArray> array = allocateArray(type, extents);
    if (!array)
      return array.takeError();
    std::vector<char> bytes(1 << 16);
    if (isInput) {
      Expected<std::vector<char>> values = pattern(type, context);
      if (!values)
        return values.takeError();
      bytes = std::move(*values);
    }
    fill(*array, bytes, threads);
    made.arrays[key] = std::move(*array);
    return Error::success();
  }

  Error makeCase(const normrt_function *entry) {
    BenchmarkCase result;
    result.name = normrt_function_name(entry);
    result.entry = entry;
    normrt_error error;
    const int32_t argumentCount = normrt_argument_count(entry), resultCount = normrt_result_count(entry);
    for (int32_t i = 0; i < argumentCount; ++i) {
      normrt_value value;
      if (normrt_argument(entry, i, &value, &error) != NORMRT_OK)
        return toError(error);
      const HostArray &array = made.arrays.at(keyOf(value, true, i));
      result.inputs.push_back(view(array));
      if (!(value.flags & NORMC_EXTENTS_ONLY))
        result.workingSet += array.data.size();
    }
    std::vector<int64_t> extents(size_t(resultCount) * NORMRT_MAX_RANK);
    if (normrt_result_extents(entry, result.inputs.data(), argumentCount, extents.data(), resultCount, &error) !=
        NORMRT_OK)
      return toError(error);
    std::map<int32_t, ArrayType> differentiable; // by position
    for (int32_t i = 0; i < resultCount; ++i) {
      normrt_value value;
      if (normrt_result(entry, i, &value, &error) != NORMRT_OK)
        return toError(error);
      auto key = keyOf(value, false, i);
      ArrayRef<int64_t> own = ArrayRef(extents).slice(size_t(i) * NORMRT_MAX_RANK, value.rank);
      if (Error fault = makeArray(key, value.type, own, /*isInput=*/false))
        return fault;
      const HostArray &array = made.arrays.at(key);
      result.outputs.push_back(view(array));
      result.workingSet += array.data.size();
      if (isGradient && value.role == NORMC_RESULT && (value.updates < 0 || (value.flags & NORMC_INPLACE)) &&
          isFloat(value.type))
        differentiable[value.position] = {value.type, SmallVector<int64_t>(own)};
    }
    // A cotangent for each floating-point result that is no state, in their order.
    for (auto [index, result] : enumerate(differentiable))
      if (std::pair<int32_t, int32_t> key(NORMC_COTANGENT, int32_t(index)); !made.arrays.count(key))
        if (Error fault = makeArray(key, result.second.type, result.second.extents, /*isInput=*/true))
          return fault;
    if (normrt_traffic(entry, result.inputs.data(), argumentCount, &result.traffic, &error) != NORMRT_OK)
      return toError(error);
    made.cases.push_back(std::move(result));
    return Error::success();
  }

  const normrt_function *function;
  ArrayRef<ArrayType> shapes;
  int threads;
  mlir::MLIRContext &context;
  bool isGradient = false;
  BenchmarkArrays made;
};

Expected<BenchmarkArrays> BenchmarkArrays::create(const normrt_function *function, ArrayRef<ArrayType> shapes,
                                                  int threads, mlir::MLIRContext &context) {
  return ArrayMaker(function, shapes, threads, context).run();
}

} // namespace normc
