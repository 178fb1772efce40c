//===- KernelWriter.h - the text of one kernel ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_KERNELWRITER_H
#define NORMC_COMPILER_BACKENDS_CPP_KERNELWRITER_H

#include "compiler/Backends/Cpp/KernelEmitter.h"
#include "dialects/Kernel/Tile.h"

#include "mlir/IR/BuiltinTypes.h"

namespace normc::cpp {

/// Points below which threads cost more than they bring.
inline constexpr int64_t minThreadedPoints = 16384;

/// What all kernels are written with: lines, names, and scalars that deserve one.
class KernelWriter {
public:
  KernelWriter(kernel::KernelOp kernel, const llvm::DenseMap<mlir::Value, std::string> &tensors);
  virtual ~KernelWriter() = default;

  KernelFunction run(const std::string &name);

protected:
  /// The body of the function.
  virtual void emitBody() = 0;

  void line(const std::string &text) { body += std::string(2 * depth, ' ') + text + '\n'; }
  void open(const std::string &text) {
    line(text + " {");
    opened.push_back(body.size());
    ++depth;
  }
  void openBlock() {
    line("{");
    opened.push_back(body.size());
    ++depth;
  }
  /// A single statement needs no braces.
  void close(const std::string &end = "}") {
    --depth;
    const size_t begin = opened.pop_back_val();
    llvm::StringRef inside = llvm::StringRef(body).substr(begin);
    if (end == "}" && isStatement(inside) && llvm::StringRef(body).take_front(begin).ends_with(") {\n"))
      body.erase(begin - 3, 2);
    else
      line(end);
  }

  /// CALL, [&](int64_t k, int64_t l) {: what is done for each point k, in lane l. Closing it takes away the name that nothing
  /// within mentions; `place` is what opening it returned.
  size_t openVisit(const std::string &call) {
    open(call + ", [&](int64_t k, int64_t l)");
    return body.size();
  }
  void closeVisit(size_t place, bool fetches = false);
  /// Instead of closing it: opens what the call does before it visits `size` points from k on.
  void closeToFetch() {
    close("}, [&](int64_t k, int64_t size) {");
    opened.push_back(body.size());
    ++depth;
  }

  /// const int64_t NAME = ..; a line that goes again where none of those after it mentions the name.
  void declare(const std::string &text) {
    declared.push_back(body.size());
    line(text);
  }

  static mlir::Type elementOf(mlir::Value tensor) {
    return mlir::cast<mlir::RankedTensorType>(tensor.getType()).getElementType();
  }
  static mlir::RankedTensorType typeOf(mlir::Value tensor) { return mlir::cast<mlir::RankedTensorType>(tensor.getType()); }
  std::string nameOf(mlir::Value tensor) const { return tensors.lookup(tensor); }

  /// Whether a scalar deserves a name: the user gave it one, or it is used more than once.
  bool needsName(mlir::Value value);
  /// A local name for a scalar, like the user's.
  std::string nameFor(mlir::Value value);
  /// const T name = expression; returns the name, which stands for the value from now on.
  std::string define(mlir::Value value);
  /// The text that is stored of a scalar.
  std::string stored(kernel::StoreOp store);

  kernel::KernelOp kernel;
  const llvm::DenseMap<mlir::Value, std::string> &tensors;
  ExpressionBuilder code;
  Names locals;
  KernelFunction function;
  llvm::DenseSet<mlir::Value> overwritten; ///< arguments over which results of this kernel are written

private:
  /// Whether lines within a block are a simple statement, a loop, or a call with what it calls.
  bool isStatement(llvm::StringRef lines) const {
    if (lines.count('\n') == 1)
      return lines.ends_with(";\n");
    const std::string indent(2 * (depth + 1), ' ');
    const bool isCall = lines.ends_with("\n" + indent + "});\n");
    if (!lines.starts_with(indent + "for (") && !isCall)
      return false;
    // Of the loop's own lines there are the first and, if it has a block, the last.
    size_t own = 0;
    for (llvm::StringRef rest = lines; !rest.empty(); rest = rest.split('\n').second)
      own += rest.starts_with(indent) && !rest.drop_front(indent.size()).starts_with(" ");
    return own == (isCall || lines.ends_with("\n" + indent + "}\n") ? 2 : 1);
  }

  /// Takes away what `declare` wrote in vain.
  void dropUnused();

  std::string body;
  llvm::SmallVector<size_t> declared; ///< where those lines begin that may go again
  llvm::SmallVector<size_t> opened;   ///< where the blocks begin that are open
  unsigned depth = 1;
};

/// The user's name of a scalar, or of a result of a sweep.
mlir::StringRef userName(mlir::Value value);
/// Whether a scalar's only use leads to a store, which has its name.
bool isStoredAlone(mlir::Value value);

/// name = expression, as a person would write it, for what the user named and for what is stored: comment lines.
std::string formula(kernel::KernelOp kernel, const llvm::DenseMap<mlir::Value, std::string> &tensors);

/// A kernel without sweeps: its points one by one.
std::unique_ptr<KernelWriter> createPointsWriter(kernel::KernelOp, const llvm::DenseMap<mlir::Value, std::string> &tensors);
/// A group at a time, its points in runs.
std::unique_ptr<KernelWriter> createRunsWriter(kernel::KernelOp, const llvm::DenseMap<mlir::Value, std::string> &tensors);
/// Many groups side by side.
std::unique_ptr<KernelWriter> createTilesWriter(kernel::KernelOp, const llvm::DenseMap<mlir::Value, std::string> &tensors,
                                                const kernel::Tile &tile);

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_KERNELWRITER_H
