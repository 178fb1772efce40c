//===- CollectiveWriter.h - what devices send one another, as C++ --------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_COLLECTIVEWRITER_H
#define NORMC_COMPILER_BACKENDS_CPP_COLLECTIVEWRITER_H

#include "compiler/Backends/Cpp/Expression.h"
#include "compiler/Backends/Cpp/Names.h"

namespace normc::cpp {

/// Writes the collectives of one plan into the body of its entry.
class CollectiveWriter {
public:
  /// `tensors` names the plan's values, `names` is the scope of its entry, `extents` writes and notes its symbols.
  CollectiveWriter(kernel::PlanOp plan, const llvm::DenseMap<mlir::Value, std::string> &tensors, Names &names,
                   ExpressionBuilder &extents);

  /// The message, filled, sent and merged. The buffers of the merged results are declared before.
  std::string write(kernel::CollectiveOp collective);

private:
  std::string writeExtents(kernel::CollectiveOp collective);
  std::string writeMerge(kernel::CollectiveOp collective, unsigned index, unsigned &result, std::string &first);
  std::string countOf(llvm::ArrayRef<int64_t> counts);
  /// `'x' along axis 0`, for a symbol.
  std::string placeOf(int64_t symbol);
  std::string bufferOf(mlir::Value tensor) const;

  kernel::PlanOp plan;
  const llvm::DenseMap<mlir::Value, std::string> &tensors;
  Names &names;
  ExpressionBuilder &extents;
  std::set<int64_t> read; ///< symbols that kernels read
  std::string message;    ///< of the collective that is being written
  std::string joined;     ///< of the collective that joins extents
};

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_COLLECTIVEWRITER_H
