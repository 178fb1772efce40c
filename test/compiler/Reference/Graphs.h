//===- Graphs.h - graphs as text, for tests ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_COMPILER_REFERENCE_GRAPHS_H
#define NORMC_TEST_COMPILER_REFERENCE_GRAPHS_H

#include "compiler/Reference/Interpreter.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

namespace normc::reference {

/// A module from text, and what is reported about it: "line:column: message", notes after it.
class Graphs {
public:
  explicit Graphs(llvm::StringRef text)
      : handler(&context, [this](mlir::Diagnostic &diagnostic) { note(diagnostic); }) {
    context.loadDialect<mlir::func::FuncDialect, norm::NormDialect>();
    context.allowUnregisteredDialects();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(bool(module)) << errors;
  }

  mlir::func::FuncOp function(llvm::StringRef name = "f") { return module->lookupSymbol<mlir::func::FuncOp>(name); }

  template <typename Real = double>
  llvm::SmallVector<Array<Real>> run(llvm::ArrayRef<Array<Real>> arguments, const Options &options = {}) {
    auto results = interpret<Real>(function(), arguments, options);
    EXPECT_TRUE(mlir::succeeded(results)) << errors;
    return mlir::succeeded(results) ? std::move(*results) : llvm::SmallVector<Array<Real>>();
  }

  mlir::MLIRContext context;
  std::string errors;

private:
  void note(mlir::Diagnostic &diagnostic) {
    auto append = [&](const mlir::Diagnostic &d) {
      mlir::Location location = d.getLocation();
      while (auto named = mlir::dyn_cast<mlir::NameLoc>(location))
        location = named.getChildLoc();
      if (auto place = mlir::dyn_cast<mlir::FileLineColLoc>(location))
        errors += std::to_string(place.getLine()) + ":" + std::to_string(place.getColumn()) + ": ";
      errors += d.str() + "\n";
    };
    append(diagnostic);
    for (const mlir::Diagnostic &attached : diagnostic.getNotes())
      append(attached);
  }

  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

template <typename Real = double>
Array<Real> reals(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<double> values) {
  return {llvm::SmallVector<int64_t>(extents), std::vector<Real>(values.begin(), values.end()), {}};
}

template <typename Real = double>
Array<Real> integers(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<int64_t> values) {
  return {llvm::SmallVector<int64_t>(extents), {}, std::vector<int64_t>(values.begin(), values.end())};
}

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

/// Equal, NaN to NaN, zeros with their sign.
inline void expectReals(const Array<double> &array, llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<double> values) {
  EXPECT_EQ(llvm::ArrayRef<int64_t>(array.extents), extents);
  EXPECT_TRUE(array.integers.empty());
  ASSERT_EQ(array.reals.size(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i]))
      EXPECT_TRUE(std::isnan(array.reals[i])) << i << ": " << array.reals[i];
    else
      EXPECT_EQ(array.reals[i], values[i]) << i;
    if (values[i] == 0.0) {
      EXPECT_EQ(std::signbit(array.reals[i]), std::signbit(values[i])) << i;
    }
  }
}

inline void expectIntegers(const Array<double> &array, llvm::ArrayRef<int64_t> extents,
                           llvm::ArrayRef<int64_t> values) {
  EXPECT_EQ(llvm::ArrayRef<int64_t>(array.extents), extents);
  EXPECT_TRUE(array.reals.empty());
  EXPECT_EQ(llvm::ArrayRef<int64_t>(array.integers), values);
}

} // namespace normc::reference

#endif // NORMC_TEST_COMPILER_REFERENCE_GRAPHS_H
