//===- Callable.h - a function that can be called, on some device --------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_CALLABLE_H
#define NORMC_COMPILER_TOOLS_CALLABLE_H

#include "compiler/Tools/DeviceChoice.h"
#include "compiler/Tools/HostArray.h"
#include "runtime/normrt.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace normc {

/// A function of a module or of a graph, with arrays in and out.
class Callable {
public:
  virtual ~Callable() = default;

  virtual std::vector<std::string> resultNames() const = 0;
  /// Whether results are this process's to write: those of ranks in several processes are the first one's.
  virtual bool speaks() const { return true; }
  /// Inputs in any form that the function's arguments admit; the results have the graph's extents.
  virtual llvm::Expected<std::vector<HostArray>> call(llvm::ArrayRef<HostArray> inputs) = 0;
  /// The arrays that such a call needs at once, as a table; `plans` is what the function was compiled from, or null.
  virtual llvm::Expected<std::string> describeMemory(llvm::ArrayRef<HostArray> /*inputs*/, mlir::ModuleOp /*plans*/) {
    return llvm::createStringError("only of a compiled function on a single device is it known which arrays a call needs");
  }
};

/// The function of this name in a module, on a device. What the simt device counts is added to `counts`, unless that is null.
llvm::Expected<std::unique_ptr<Callable>> openModule(const std::string &path, llvm::StringRef function,
                                                     const DeviceChoice &device = {},
                                                     std::vector<OperandCount> *counts = nullptr);
/// The same in a module that is open already, as it is checked whenever it is opened.
llvm::Expected<std::unique_ptr<Callable>> openFunction(std::shared_ptr<normrt_module> module, llvm::StringRef function,
                                                       const DeviceChoice &device = {},
                                                       std::vector<OperandCount> *counts = nullptr);

/// The outcome of a check.
struct CheckReport {
  std::string text; ///< a table for a person
  bool ok = false;
  /// Numbers in all results, and those that something was said about.
  int64_t elements = 0, compared = 0;
};

/// A function of a graph that has been differentiated, evaluated unfused in wider precision.
class ReferenceCallable : public Callable {
public:
  /// Compares the gradients of this function, a joint one, with central differences of `function`, of which `wrt` counts the
  /// arguments. Cotangents that are not given are random.
  virtual llvm::Expected<CheckReport> checkGradients(mlir::func::FuncOp function, llvm::ArrayRef<int64_t> wrt,
                                                     llvm::ArrayRef<HostArray> inputs) = 0;
  /// Holds results of a compiled function against the reference's, within what rounding explains. The last `gradients`
  /// results are computed from what a forward may have saved.
  virtual llvm::Expected<CheckReport> check(llvm::ArrayRef<HostArray> inputs, llvm::ArrayRef<HostArray> got,
                                            size_t gradients) = 0;
};
/// The function of this name in a module of graphs, which outlives it.
llvm::Expected<std::unique_ptr<ReferenceCallable>> openReference(mlir::ModuleOp module, llvm::StringRef function);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_CALLABLE_H
