//===- MemoryReport.cpp - the arrays that a call needs at once -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/MemoryReport.h"
#include "compiler/Tools/ModuleFile.h"
#include "dialects/Kernel/Certificate.h"

#include <fmt/format.h>

using namespace llvm;

namespace normc {

namespace {

using Extents = SmallVector<int64_t>;

/// One entry, with the extents of its arrays.
struct Entry {
  const normrt_function *function;
  std::vector<normrt_value> arguments, results;
  std::vector<Extents> argumentExtents, resultExtents;
};

Expected<Entry> describeEntry(const normrt_function *function, std::vector<Extents> argumentExtents) {
  Entry entry{function, {}, {}, std::move(argumentExtents), {}};
  normrt_error error;
  const int32_t count = normrt_result_count(function);
  entry.arguments.resize(normrt_argument_count(function));
  entry.results.resize(count);
  std::vector<DLTensor> shapes(entry.argumentExtents.size());
  for (auto [shape, extents] : zip_equal(shapes, entry.argumentExtents)) {
    shape.ndim = int32_t(extents.size());
    shape.shape = extents.data();
  }
  std::vector<int64_t> extents(size_t(count) * NORMRT_MAX_RANK);
  if (normrt_result_extents(function, shapes.data(), int32_t(shapes.size()), extents.data(), count, &error) != NORMRT_OK)
    return toError(error);
  for (size_t i = 0; i < entry.arguments.size(); ++i)
    if (normrt_argument(function, int32_t(i), &entry.arguments[i], &error) != NORMRT_OK)
      return toError(error);
  for (size_t i = 0; i < entry.results.size(); ++i) {
    if (normrt_result(function, int32_t(i), &entry.results[i], &error) != NORMRT_OK)
      return toError(error);
    entry.resultExtents.emplace_back(ArrayRef(extents).slice(i * NORMRT_MAX_RANK, entry.results[i].rank));
  }
  return entry;
}

int64_t elementBytes(int32_t type) {
  return type == NORMC_F64 || type == NORMC_I64               ? 8
         : type == NORMC_F32 || type == NORMC_I32              ? 4
         : type == NORMC_F16 || type == NORMC_BF16             ? 2
                                                               : 1;
}

int64_t bytesOf(const normrt_value &value, ArrayRef<int64_t> extents) {
  int64_t bytes = elementBytes(value.type);
  for (int64_t extent : extents)
    bytes *= extent;
  return bytes;
}

/// What the kernels of an entry leave for one another, and for nobody else.
std::optional<int64_t> bytesBetweenKernels(const Entry &entry, mlir::ModuleOp plans) {
  auto plan = plans ? plans.lookupSymbol<kernel::PlanOp>(normrt_function_name(entry.function)) : kernel::PlanOp();
  if (!plan)
    return std::nullopt;
  std::vector<int64_t> symbols(size_t(plan.getSymbolCount()));
  for (unsigned i = 0; i < plan.getNumArguments(); ++i) {
    ArrayRef<int64_t> stated = plan.getArgAttrOfType<mlir::DenseI64ArrayAttr>(i, kernel::extentsAttr).asArrayRef();
    if (stated.size() == entry.argumentExtents[i].size())
      for (auto [extent, number] : zip_equal(stated, entry.argumentExtents[i]))
        if (extent < 0)
          symbols[size_t(-1 - extent)] = number;
  }
  auto returned = plan.getBody().front().getTerminator()->getOperands();
  int64_t bytes = 0;
  for (auto kernel : plan.getBody().front().getOps<kernel::KernelOp>())
    for (mlir::Value tensor : kernel.getTensors())
      if (!is_contained(returned, tensor)) {
        auto type = mlir::cast<mlir::RankedTensorType>(tensor.getType());
        SmallVector<int64_t> extents(kernel.getSpace());
        for (int64_t axis = 0; axis < type.getRank(); ++axis)
          if (type.getDimSize(axis) == 1)
            extents[axis] = 1;
        bytes += kernel::Bytes(std::max(1u, type.getElementTypeBitWidth() / 8), extents).evaluate(symbols);
      }
  return bytes;
}

/// The table of one entry; adds up its bytes.
std::string tabulate(const Entry &entry, mlir::ModuleOp plans, int64_t &total) {
  auto row = [](const std::string &name, const normrt_value &value, ArrayRef<int64_t> extents, const std::string &bytes) {
    std::string text;
    for (int64_t extent : extents)
      text += fmt::format("{}{}", text.empty() ? "" : ", ", extent);
    return fmt::format("  {:<28} {:<24} {:>16}\n", name, fmt::format("{} [{}]", typeName(value.type).str(), text), bytes);
  };
  std::string text = fmt::format("{}\n", normrt_function_name(entry.function));
  total = 0;
  for (auto [value, extents] : zip_equal(entry.arguments, entry.argumentExtents)) {
    const bool isRead = (value.flags & NORMC_EXTENTS_ONLY) == 0;
    const int64_t bytes = isRead ? bytesOf(value, extents) : 0;
    total += bytes;
    text += row(value.name, value, extents, isRead ? fmt::format("{}", bytes) : "not read");
  }
  for (auto [value, extents] : zip_equal(entry.results, entry.resultExtents)) {
    const bool isOver = (value.flags & NORMC_INPLACE) != 0;
    const int64_t bytes = isOver ? 0 : bytesOf(value, extents);
    total += bytes;
    text += row(value.name, value, extents, isOver ? fmt::format("over {}", entry.arguments[value.updates].name)
                                                   : fmt::format("{}", bytes));
  }
  if (std::optional<int64_t> between = bytesBetweenKernels(entry, plans); between && *between > 0) {
    total += *between;
    text += fmt::format("  {:<53} {:>16}\n", "between kernels", *between);
  }
  return text + fmt::format("  {:<53} {:>16}\n", "bytes at once", total);
}

std::vector<Extents> extentsOf(ArrayRef<HostArray> inputs) {
  std::vector<Extents> all;
  for (const HostArray &input : inputs)
    all.emplace_back(input.extents.begin(), input.extents.end());
  return all;
}

} // namespace

Expected<std::string> reportMemory(const normrt_function *function, ArrayRef<HostArray> inputs, mlir::ModuleOp plans) {
  normrt_error error;
  const normrt_function *forward = nullptr, *backward = nullptr;
  if (normrt_gradient_entries(function, &forward, &backward, &error) != NORMRT_OK)
    return toError(error);
  int64_t bytes = 0;
  if (!forward) {
    Expected<Entry> entry = describeEntry(function, extentsOf(inputs));
    return entry ? Expected<std::string>(tabulate(*entry, plans, bytes)) : entry.takeError();
  }
  // The extents of whatever the backward reads: of the joint call, or saved by the forward.
  const size_t own = size_t(normrt_argument_count(forward));
  if (inputs.size() < own)
    return createStringError(fmt::format("'{}' takes {} inputs", normrt_function_name(function), normrt_argument_count(function)));
  Expected<Entry> first = describeEntry(forward, extentsOf(inputs.take_front(own)));
  if (!first)
    return first.takeError();
  std::vector<Extents> arguments;
  for (int32_t i = 0; i < normrt_argument_count(backward); ++i) {
    normrt_value value;
    if (normrt_argument(backward, i, &value, &error) != NORMRT_OK)
      return toError(error);
    Extents extents;
    if (value.role == NORMC_ARGUMENT)
      extents.assign(inputs[value.position].extents.begin(), inputs[value.position].extents.end());
    else if (value.role == NORMC_COTANGENT)
      extents.assign(inputs[own + value.position].extents.begin(), inputs[own + value.position].extents.end());
    else
      for (auto [result, stated] : zip_equal(first->results, first->resultExtents))
        if (result.role == value.role && result.position == value.position)
          extents = stated;
    arguments.push_back(std::move(extents));
  }
  Expected<Entry> second = describeEntry(backward, std::move(arguments));
  if (!second)
    return second.takeError();
  int64_t others = 0;
  std::string text = tabulate(*first, plans, bytes) + tabulate(*second, plans, others);
  return text + fmt::format("peak of {}: {} bytes\n", normrt_function_name(function), std::max(bytes, others));
}

} // namespace normc
