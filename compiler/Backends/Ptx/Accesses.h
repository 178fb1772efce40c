//===- Accesses.h - global and shared memory -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_ACCESSES_H
#define NORMC_COMPILER_BACKENDS_PTX_ACCESSES_H

#include "compiler/Backends/Ptx/Code.h"

#include <string>

namespace normc::ptx {

/// Address spaces of the target.
inline constexpr unsigned globalSpace = 1, sharedSpace = 3;
/// Bytes of the widest access.
inline constexpr int64_t widestAccess = 16;

/// Something in global memory, under the name that its accesses carry; or in shared memory, without a name.
struct Operand {
  mlir::Value pointer;
  mlir::Type element; ///< as the graph has it
  std::string name;
  bool isConstant = false; ///< nothing writes it while the kernel runs
};

/// Bytes of an element.
int64_t storageBytes(mlir::Type element);
/// What an element is as a value of device code: f16 and bf16 are their bits (i16), masks bytes (i8), others themselves.
mlir::Type storageType(mlir::Type element);

/// `count` adjacent elements from `position` on, with accesses as wide as `count` allows: the address of the first is a multiple of
/// theirs, up to 16 bytes. `sweep` numbers the sweep, how many there are outside of sweeps.
Values loadElements(Code &code, const Operand &operand, mlir::Value position, unsigned count, int sweep);
void storeElements(Code &code, const Operand &operand, mlir::Value position, mlir::ValueRange values, int sweep);

/// Adds 1 to a counter (i32) for all blocks to see; yields what it was. And what it is now.
mlir::Value increment(Code &code, const Operand &counter, mlir::Value position, int sweep);
mlir::Value loadVolatile(Code &code, const Operand &counter, mlir::Value position, int sweep);

/// The dynamic shared memory of a block, from byte `offset` on; the variable that stands for it, once a module.
mlir::Value heldMemory(Code &code, mlir::Value offset);
void declareHeldMemory(mlir::Operation *module);

/// The domain of the scopes by which accesses carry their operand until they are LLVM IR.
inline constexpr llvm::StringLiteral operandDomain = "normc.operand";

/// Shared memory of a block: parts that are taken one after the other, or one part for all that is written, read after a barrier, and
/// no longer needed after another.
class SharedMemory {
public:
  /// `symbol`: the name of the variable, which is made when all is known.
  explicit SharedMemory(std::string symbol) : symbol(std::move(symbol)) {}

  /// The offset of a new part.
  int64_t take(int64_t size) {
    const int64_t offset = (bytes + 15) / 16 * 16;
    bytes = offset + size;
    return offset;
  }
  /// Makes room for something that shares its place with others, at offset 0.
  int64_t reuse(int64_t size) {
    bytes = std::max(bytes, size);
    return 0;
  }
  mlir::Value load(Code &code, int64_t offset, mlir::Value position, mlir::Type type) const;
  void store(Code &code, int64_t offset, mlir::Value position, mlir::Value value) const;
  /// What block `block` of the cluster has there.
  mlir::Value loadFrom(Code &code, mlir::Value block, int64_t offset, mlir::Value position, mlir::Type type) const;

  int64_t size() const { return bytes; }
  const std::string &name() const { return symbol; }

private:
  mlir::Value address(Code &code, int64_t offset, mlir::Value position, mlir::Type type) const;
  std::string symbol;
  int64_t bytes = 0;
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_ACCESSES_H
