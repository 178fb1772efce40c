//===- CollectiveWriter.cpp - what devices send one another, as C++ ------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/CollectiveWriter.h"
#include "dialects/Kernel/Collective.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

CollectiveWriter::CollectiveWriter(kernel::PlanOp plan, const DenseMap<Value, std::string> &tensors, Names &names,
                                   ExpressionBuilder &extents)
    : plan(plan), tensors(tensors), names(names), extents(extents) {
  plan.walk([&](kernel::CountOp count) {
    for (int64_t extent : count.getExtents())
      if (extent < 0)
        read.insert(-1 - extent);
  });
}

std::string CollectiveWriter::placeOf(int64_t symbol) {
  for (BlockArgument argument : plan.getArguments()) {
    auto shape = plan.getArgAttrOfType<DenseI64ArrayAttr>(argument.getArgNumber(), kernel::extentsAttr).asArrayRef();
    if (auto at = llvm::find(shape, -1 - symbol); at != shape.end())
      return fmt::format("'{}' along axis {}",
                         plan.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kernel::nameAttr).str(), at - shape.begin());
  }
  return fmt::format("n{}", symbol);
}

/// A pointer: the caller's where the plan returns the tensor.
std::string CollectiveWriter::bufferOf(Value tensor) const {
  const bool isReturned = llvm::any_of(tensor.getUsers(), llvm::IsaPred<kernel::ReturnOp>);
  return tensors.lookup(tensor) + (isReturned ? "" : ".get()");
}

/// What a rank has reduced, in elements: a function of the rank.
std::string CollectiveWriter::countOf(ArrayRef<int64_t> counts) {
  std::string text;
  double number = 1.0;
  for (int64_t extent : counts)
    if (extent < 0)
      text += fmt::format("{}.from(r)[{}] * ", joined, -1 - extent);
    else
      number *= double(extent);
  return fmt::format("[&](int32_t {}) {{ return {}{:.1f}; }}", text.empty() ? "" : "r", text, number);
}

/// The extents of this rank have been sent; those of all make more symbols.
std::string CollectiveWriter::writeExtents(kernel::CollectiveOp collective) {
  const int64_t symbols = plan.getSymbolCount();
  std::string wanted, places, text;
  for (int64_t symbol = 0; symbol < symbols; ++symbol) {
    auto at = llvm::find(collective.getJoins(), symbol);
    const int64_t number = at == collective.getJoins().end() ? -2 : collective.getExpected()[at - collective.getJoins().begin()];
    wanted += fmt::format("{}{}", wanted.empty() ? "" : ", ", number);
    places += fmt::format("{}{}", places.empty() ? "" : ", ", stringLiteral(placeOf(symbol)));
  }
  const std::string name = names.unique(message + "_extents"), where = names.unique(message + "_places");
  text += fmt::format("  const int64_t {}[] = {{{}}};\n  const char *const {}[] = {{{}}};\n", name, wanted, where, places);
  text += fmt::format("  if (const int32_t failed = {}.check({}, {}, {}, {}))\n    return failed;\n", message,
                      stringLiteral(plan.getSymName()), name, where, symbols);
  auto declare = [&](int64_t symbol, const std::string &value) {
    if (read.count(symbol))
      text += fmt::format("  const int64_t n{} = {};\n", symbol, value);
  };
  for (auto [index, symbol] : llvm::enumerate(collective.getJoins())) {
    declare(kernel::joinedSymbol(symbols, index), fmt::format("{0}.before({1}, {0}.size())", message, symbol));
    declare(kernel::startSymbol(symbols, index), fmt::format("{0}.before({1}, {0}.rank())", message, symbol));
  }
  declare(kernel::rankSymbol(symbols, collective.getJoins().size()), message + ".rank()");
  return text;
}

std::string CollectiveWriter::writeMerge(kernel::CollectiveOp collective, unsigned index, unsigned &result, std::string &first) {
  const kernel::Monoid monoid = collective.getMonoid(index);
  const std::string length = extents.product(kernel::extentsOf(collective.getMerged()[result]));
  const std::string target = bufferOf(collective.getMerged()[result]);
  auto advance = [&] {
    first += " + " + length;
    ++result;
  };
  const std::string from = first;
  advance();
  switch (monoid) {
  case kernel::Monoid::mean:
    return fmt::format("  merge_moments({}, {}, {}, {}, {}, nullptr);\n", message, countOf(collective.getCount(index)), from, length,
                       target);
  case kernel::Monoid::moments: {
    const std::string squares = bufferOf(collective.getMerged()[result]);
    advance();
    return fmt::format("  merge_moments({}, {}, {}, {}, {}, {});\n", message, countOf(collective.getCount(index)), from, length,
                       target, squares);
  }
  default: {
    const char *name = monoid == kernel::Monoid::sum ? "sum" : monoid == kernel::Monoid::max ? "max" : "min";
    return fmt::format("  merge_{}({}, {}, {}, {});\n", name, message, from, length, target);
  }
  }
}

std::string CollectiveWriter::write(kernel::CollectiveOp collective) {
  message = names.unique("message");
  const int64_t symbols = collective.getJoins().empty() ? 0 : plan.getSymbolCount();
  std::string count = fmt::format("{}", symbols), puts;
  for (int64_t symbol = 0; symbol < symbols; ++symbol)
    puts += fmt::format("  {}.put({});\n", message, extents.extent(-1 - symbol));
  for (Value partial : collective.getPartials()) {
    const std::string length = extents.product(kernel::extentsOf(partial));
    count += " + " + length;
    puts += fmt::format("  {}.put({}, {});\n", message, bufferOf(partial), length);
  }
  std::string text = fmt::format("  // {}: {} bytes from each rank\n", collective.getName().str(),
                                 kernel::bytesOf(collective).toString());
  text += fmt::format("  Message {}(context, {});\n", message, count);
  text += puts;
  text += fmt::format("  if (const int32_t failed = {}.send({}))\n    return failed;\n", message,
                      stringLiteral(fmt::format("{}: {}", plan.getSymName().str(), collective.getName().str())));
  if (symbols) {
    text += writeExtents(collective);
    joined = message;
  }
  std::string first = fmt::format("{}", symbols);
  unsigned result = 0;
  for (unsigned index = 0; index < collective.getMonoids().size(); ++index)
    text += writeMerge(collective, index, result, first);
  return text;
}

} // namespace normc::cpp
