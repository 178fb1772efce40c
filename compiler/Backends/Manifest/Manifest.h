//===- Manifest.h - what a module says about itself ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_MANIFEST_MANIFEST_H
#define NORMC_COMPILER_BACKENDS_MANIFEST_MANIFEST_H

#include "compiler/Backends/Ptx/LaunchPlan.h"
#include "dialects/Kernel/Certificate.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace normc::manifest {

/// One argument or result, as runtime/module_format.h describes it.
struct Value {
  std::string name;
  int32_t type = 0;
  int32_t role = 0;
  int32_t position = 0;
  int32_t flags = 0;
  int32_t updates = -1;
  int32_t shard = 0;
  int64_t joined = -1;
  llvm::SmallVector<int64_t> extents; ///< -1 - k for symbol k
};

/// A function that can be called.
struct Function {
  std::string name;
  std::vector<Value> arguments, results;
  int32_t symbols = 0;
  int32_t forward = -1, backward = -1; ///< of a gradient: its halves, among the entries
  kernel::Traffic traffic;             ///< of an entry: the bytes that a call moves
};

/// What a module has for a GPU.
struct GpuPart {
  std::map<std::string, ptx::LaunchPlan> plans; ///< by entry
  std::string ptx, target;
};

struct Manifest {
  std::vector<Function> entries, gradients;
  bool hostTwins = false; ///< whether the module is linked with the twins of its GPU kernels
  std::optional<GpuPart> gpu;
};

/// The manifest of a module of plans and pairs.
Manifest buildManifest(mlir::ModuleOp module);

/// The signature of a function of the norm dialect: of a joint function, the gradient's. Fails, after an error, where its
/// extents contradict each other.
mlir::FailureOr<Function> signatureOf(mlir::func::FuncOp function);

/// The table that a module exports, as C++ that follows the emitted source; `entries` names the functions of the plans.
std::string emitTable(const Manifest &manifest, const llvm::StringMap<std::string> &entries);

/// How an element type is stored: enum normc_type.
int32_t storageType(mlir::Type element);

} // namespace normc::manifest

#endif // NORMC_COMPILER_BACKENDS_MANIFEST_MANIFEST_H
