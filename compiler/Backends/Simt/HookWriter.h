//===- HookWriter.h - hooks in the code of a twin -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_SIMT_HOOKWRITER_H
#define NORMC_COMPILER_BACKENDS_SIMT_HOOKWRITER_H

#include "compiler/Backends/Simt/Kernels.h"
#include "compiler/Backends/Simt/TwinTables.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"

namespace normc::simt {

/// Rewrites one function, whose first argument is its normc_simt_thread.
///
///   %v = load float, ptr addrspace(1) %p, align 4, !normc.operand !{!"x", i32 0}
///     ==>  call void %access(ptr %thread, ptr %p.generic, i32 0)
///          %v = load float, ptr addrspace(1) %p, align 4
///   call void @llvm.nvvm.barrier0()
///     ==>  call void %barrier(ptr %thread, i32 PLACE, i32 0, i32 0)
///   %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
///     ==>  %t = load i32, ptr (the field tid of %thread)
class HookWriter {
public:
  HookWriter(llvm::Function &function, TwinTables &tables);
  ~HookWriter() { entry->eraseFromParent(); }

  void rewrite();
  /// The address of a shared array in the block of the thread.
  llvm::Value *sharedAddress(const SharedArray &array, llvm::Type *pointer);

private:
  void rewriteIntrinsic(llvm::IntrinsicInst &call);
  void rewriteAccess(llvm::Instruction &instruction, const Access &access);
  llvm::Value *rewriteHook(llvm::IntrinsicInst &call);
  llvm::Value *rewriteBarrier(llvm::IntrinsicInst &call, int mode);
  llvm::Value *rewriteShuffle(llvm::IntrinsicInst &call, int mode);
  llvm::Value *rewriteVote(llvm::IntrinsicInst &call, int mode);
  llvm::Value *rewriteMap(llvm::IntrinsicInst &call);
  llvm::Value *rewriteUpdate(llvm::Instruction &instruction, int32_t index, const Access &access);

  int32_t addAccess(const llvm::Instruction &instruction, const Access &access);
  llvm::Value *place(const llvm::IntrinsicInst &call, const char *what);
  llvm::Value *number(int64_t value) { return builder.getInt32(uint32_t(value)); }
  llvm::Value *addressOf(const llvm::Value *pointer);
  /// Loaded from the thread once, where the function begins.
  llvm::Value *field(size_t offset, llvm::Type *type);
  llvm::Value *callHook(size_t offset, llvm::Type *result, llvm::ArrayRef<llvm::Value *> arguments);

  llvm::Function &function;
  llvm::Argument *thread;
  TwinTables &tables;
  llvm::Instruction *entry; ///< does nothing; what is loaded once stands before it
  llvm::IRBuilder<> builder;
  llvm::DenseMap<size_t, llvm::Value *> fields, hooks;
};

} // namespace normc::simt

#endif // NORMC_COMPILER_BACKENDS_SIMT_HOOKWRITER_H
