//===- HookWriter.cpp - hooks in the code of a twin -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Simt/HookWriter.h"
#include "compiler/Backends/Simt/HostTwin.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

#include <cstddef>

using namespace llvm;

namespace normc::simt {

HookWriter::HookWriter(Function &function, TwinTables &tables)
    : function(function), thread(function.getArg(0)), tables(tables),
      entry(new FreezeInst(PoisonValue::get(Type::getInt32Ty(function.getContext())), "",
                           function.getEntryBlock().begin())),
      builder(function.getContext()) {}

Value *HookWriter::field(size_t offset, Type *type) {
  Value *&loaded = fields[offset];
  if (!loaded) {
    IRBuilder<> start(entry);
    loaded = start.CreateLoad(type, start.CreateConstInBoundsGEP1_64(start.getInt8Ty(), thread, offset));
  }
  return loaded;
}

Value *HookWriter::callHook(size_t offset, Type *result, ArrayRef<Value *> arguments) {
  Value *table = field(offsetof(normc_simt_thread, hooks), builder.getPtrTy());
  Value *&hook = hooks[offset];
  if (!hook) {
    IRBuilder<> start(entry);
    hook = start.CreateLoad(start.getPtrTy(), start.CreateConstInBoundsGEP1_64(start.getInt8Ty(), table, offset));
  }
  SmallVector<Value *> all = {thread};
  SmallVector<Type *> types = {thread->getType()};
  for (Value *argument : arguments) {
    all.push_back(argument);
    types.push_back(argument->getType());
  }
  CallInst *call = builder.CreateCall(FunctionType::get(result, types, false), hook, all);
  call->setConvergent();
  return call;
}

Value *HookWriter::sharedAddress(const SharedArray &array, Type *pointer) {
  Value *base = field(offsetof(normc_simt_thread, shared), builder.getPtrTy());
  IRBuilder<> start(entry);
  return start.CreateAddrSpaceCast(start.CreateConstInBoundsGEP1_64(start.getInt8Ty(), base, array.offset), pointer);
}

Value *HookWriter::addressOf(const Value *pointer) {
  return builder.CreateAddrSpaceCast(const_cast<Value *>(pointer), builder.getPtrTy());
}

Value *HookWriter::place(const IntrinsicInst &call, const char *what) {
  std::string text = what;
  if (const DebugLoc &location = call.getDebugLoc())
    text += " (line " + std::to_string(location.getLine()) + ")";
  tables.places.push_back(text);
  return number(int64_t(tables.places.size()) - 1);
}

void HookWriter::rewrite() {
  SmallVector<Instruction *> work;
  for (Instruction &instruction : instructions(function))
    if (&instruction != entry)
      work.push_back(&instruction);
  for (Instruction *instruction : work) {
    builder.SetInsertPoint(instruction);
    if (auto *call = dyn_cast<IntrinsicInst>(instruction))
      rewriteIntrinsic(*call);
    else if (std::optional<Access> access = accessOf(*instruction); access && placeOf(access->pointer) != Place::own)
      rewriteAccess(*instruction, *access);
  }
}

void HookWriter::rewriteIntrinsic(IntrinsicInst &call) {
  Value *value = nullptr;
  switch (call.getIntrinsicID()) {
#define NORMC_PTX_REGISTER(INTRINSIC, FIELD)                                                                           \
  case Intrinsic::INTRINSIC:                                                                                           \
    value = field(offsetof(normc_simt_thread, FIELD), builder.getInt32Ty());                                           \
    break;
#define NORMC_PTX_CONSTANT(INTRINSIC, VALUE)                                                                           \
  case Intrinsic::INTRINSIC:                                                                                           \
    value = number(VALUE);                                                                                             \
    break;
#define NORMC_PTX_SAME(INTRINSIC, GENERIC)                                                                             \
  case Intrinsic::INTRINSIC: {                                                                                         \
    SmallVector<Value *> arguments(call.args());                                                                       \
    value = builder.CreateIntrinsic(Intrinsic::GENERIC, {call.getType()}, arguments);                                  \
    break;                                                                                                             \
  }
#define NORMC_PTX_GENERIC(INTRINSIC)                                                                                   \
  case Intrinsic::INTRINSIC:                                                                                           \
    return;
#include "compiler/Backends/Ptx/Intrinsics.def"
  default:
    value = rewriteHook(call);
  }
  if (!call.getType()->isVoidTy())
    call.replaceAllUsesWith(value);
  call.eraseFromParent();
}

namespace {
enum class Hook { barrier, warp_barrier, cluster_arrive, cluster_wait, fence, shuffle, vote, map_shared, trap };
struct ListedHook {
  Hook hook;
  int mode;
};
} // namespace

/// The intrinsic is listed, as checkKernels has found.
static ListedHook listedHook(Intrinsic::ID id) {
  switch (id) {
#define NORMC_PTX_HOOK(INTRINSIC, HOOK, MODE)                                                                          \
  case Intrinsic::INTRINSIC:                                                                                           \
    return {Hook::HOOK, MODE};
#include "compiler/Backends/Ptx/Intrinsics.def"
  default:
    return {Hook::trap, 0};
  }
}

Value *HookWriter::rewriteHook(IntrinsicInst &call) {
  Type *none = builder.getVoidTy();
  const auto [hook, mode] = listedHook(call.getIntrinsicID());
  switch (hook) {
  case Hook::barrier:
    return rewriteBarrier(call, mode);
  case Hook::warp_barrier:
    return callHook(offsetof(normc_simt_hooks, warp_barrier), none,
                    {place(call, "the warp barrier"), call.getArgOperand(0)});
  case Hook::cluster_arrive:
    return callHook(offsetof(normc_simt_hooks, cluster_arrive), none, {place(call, "the arrival"), number(mode)});
  case Hook::cluster_wait:
    return callHook(offsetof(normc_simt_hooks, cluster_wait), none, {place(call, "the cluster barrier")});
  case Hook::fence:
    return callHook(offsetof(normc_simt_hooks, fence), none, {place(call, "the fence"), number(mode)});
  case Hook::shuffle:
    return rewriteShuffle(call, mode);
  case Hook::vote:
    return rewriteVote(call, mode);
  case Hook::map_shared:
    return rewriteMap(call);
  case Hook::trap:
    break;
  }
  return callHook(offsetof(normc_simt_hooks, trap), none, {place(call, "the trap")});
}

Value *HookWriter::rewriteBarrier(IntrinsicInst &call, int mode) {
  return callHook(offsetof(normc_simt_hooks, barrier), builder.getVoidTy(),
                  {place(call, "the barrier"), mode > 0 ? call.getArgOperand(0) : number(0),
                   mode > 1 ? call.getArgOperand(1) : number(0)});
}

/// 32 bits, as i32 or as f32; the variants with a predicate yield both.
Value *HookWriter::rewriteShuffle(IntrinsicInst &call, int mode) {
  Value *value = builder.CreateBitCast(call.getArgOperand(1), builder.getInt32Ty());
  Value *both = callHook(offsetof(normc_simt_hooks, shuffle), builder.getInt64Ty(),
                         {place(call, "the shuffle"), number(mode), call.getArgOperand(0), value, call.getArgOperand(2),
                          call.getArgOperand(3)});
  auto *pair = dyn_cast<StructType>(call.getType());
  Value *result = builder.CreateBitCast(builder.CreateTrunc(both, builder.getInt32Ty()),
                                        pair ? pair->getElementType(0) : call.getType());
  if (!pair)
    return result;
  Value *predicate = builder.CreateTrunc(builder.CreateLShr(both, 32), builder.getInt1Ty());
  return builder.CreateInsertValue(builder.CreateInsertValue(PoisonValue::get(pair), result, 0), predicate, 1);
}

Value *HookWriter::rewriteVote(IntrinsicInst &call, int mode) {
  Value *predicate = builder.CreateZExt(call.getArgOperand(1), builder.getInt32Ty());
  Value *result = callHook(offsetof(normc_simt_hooks, vote), builder.getInt32Ty(),
                           {place(call, "the vote"), number(mode), call.getArgOperand(0), predicate});
  return builder.CreateTrunc(result, call.getType());
}

Value *HookWriter::rewriteMap(IntrinsicInst &call) {
  Value *mapped = callHook(offsetof(normc_simt_hooks, map_shared), builder.getPtrTy(),
                           {place(call, "the mapping"), addressOf(call.getArgOperand(0)), call.getArgOperand(1)});
  return builder.CreateAddrSpaceCast(mapped, call.getType());
}

static int32_t kindOf(const Instruction &instruction, const Access &access) {
  if (isa<LoadInst>(instruction))
    return access.isVolatile ? NORMC_SIMT_VOLATILE_LOAD : NORMC_SIMT_LOAD;
  if (isa<StoreInst>(instruction))
    return access.isVolatile ? NORMC_SIMT_VOLATILE_STORE : NORMC_SIMT_STORE;
  return NORMC_SIMT_ATOMIC;
}

int32_t HookWriter::addAccess(const Instruction &instruction, const Access &access) {
  normc_simt_access row = {};
  row.operand = -1;
  if (const MDNode *metadata = instruction.getMetadata(operandMetadata)) {
    StringRef name = cast<MDString>(metadata->getOperand(0))->getString();
    tables.operands.insert(name);
    row.operand = int32_t(std::distance(tables.operands.begin(), llvm::find(tables.operands, name)));
    row.sweep = int32_t(mdconst::extract<ConstantInt>(metadata->getOperand(1))->getSExtValue());
  }
  const uint64_t bytes = function.getParent()->getDataLayout().getTypeStoreSize(access.type).getFixedValue();
  row.bytes = int32_t(bytes);
  row.alignment = int32_t(access.alignment.value());
  row.space = int32_t(access.pointer->getType()->getPointerAddressSpace());
  row.kind = kindOf(instruction, access);
  tables.accesses.push_back(row);
  return int32_t(tables.accesses.size()) - 1;
}

void HookWriter::rewriteAccess(Instruction &instruction, const Access &access) {
  const int32_t index = addAccess(instruction, access);
  if (tables.accesses.back().kind == NORMC_SIMT_ATOMIC) {
    Value *value = rewriteUpdate(instruction, index, access);
    instruction.replaceAllUsesWith(value);
    instruction.eraseFromParent();
    return;
  }
  callHook(offsetof(normc_simt_hooks, access), builder.getVoidTy(), {addressOf(access.pointer), number(index)});
}

static int32_t operationOf(AtomicRMWInst::BinOp operation) {
  switch (operation) {
  case AtomicRMWInst::Add:
  case AtomicRMWInst::Sub: // of the negative
    return NORMC_SIMT_ADD;
  case AtomicRMWInst::And:
    return NORMC_SIMT_AND;
  case AtomicRMWInst::Or:
    return NORMC_SIMT_OR;
  case AtomicRMWInst::Xor:
    return NORMC_SIMT_XOR;
  case AtomicRMWInst::Max:
    return NORMC_SIMT_MAX;
  case AtomicRMWInst::Min:
    return NORMC_SIMT_MIN;
  case AtomicRMWInst::UMax:
    return NORMC_SIMT_UMAX;
  case AtomicRMWInst::UMin:
    return NORMC_SIMT_UMIN;
  default:
    return NORMC_SIMT_EXCHANGE;
  }
}

Value *HookWriter::rewriteUpdate(Instruction &instruction, int32_t index, const Access &access) {
  Value *value, *compare = builder.getInt64(0);
  int32_t operation = NORMC_SIMT_COMPARE_EXCHANGE;
  auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction);
  if (exchange) {
    value = exchange->getNewValOperand();
    compare = builder.CreateZExt(exchange->getCompareOperand(), builder.getInt64Ty());
  } else {
    auto &update = cast<AtomicRMWInst>(instruction);
    value = update.getValOperand();
    if (update.getOperation() == AtomicRMWInst::Sub)
      value = builder.CreateNeg(value);
    operation = operationOf(update.getOperation());
  }
  Value *old = callHook(offsetof(normc_simt_hooks, atomic), builder.getInt64Ty(),
                        {addressOf(access.pointer), number(index), number(operation),
                         builder.CreateZExt(value, builder.getInt64Ty()), compare});
  old = builder.CreateTrunc(old, access.type);
  if (!exchange)
    return old;
  Value *swapped = builder.CreateICmpEQ(old, exchange->getCompareOperand());
  Value *pair = builder.CreateInsertValue(PoisonValue::get(exchange->getType()), old, 0);
  return builder.CreateInsertValue(pair, swapped, 1);
}

} // namespace normc::simt
