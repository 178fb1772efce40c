//===- CheckKernels.cpp - what a kernel may consist of --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Simt/HostTwin.h"
#include "compiler/Backends/Simt/Kernels.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Operator.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc::simt {

/// `what` follows the function's name.
static Error refuse(const Function &function, const std::string &what) {
  return createStringError(fmt::format("GPU function '{}' {}", function.getName().str(), what));
}

static bool isListed(Intrinsic::ID id) {
  switch (id) {
#define NORMC_PTX_REGISTER(INTRINSIC, FIELD) case Intrinsic::INTRINSIC:
#define NORMC_PTX_CONSTANT(INTRINSIC, VALUE) case Intrinsic::INTRINSIC:
#define NORMC_PTX_HOOK(INTRINSIC, HOOK, MODE) case Intrinsic::INTRINSIC:
#define NORMC_PTX_SAME(INTRINSIC, GENERIC) case Intrinsic::INTRINSIC:
#define NORMC_PTX_GENERIC(INTRINSIC) case Intrinsic::INTRINSIC:
#include "compiler/Backends/Ptx/Intrinsics.def"
    return true;
  default:
    return false;
  }
}

// (c1) What is called is defined in the module or a listed intrinsic.
static Error checkCall(const Function &function, const CallBase &call) {
  if (!isa<CallInst>(call))
    return refuse(function, fmt::format("has the instruction '{}', but kernels do not unwind", call.getOpcodeName()));
  if (call.isInlineAsm())
    return refuse(function, "has inline assembly, which no other target could run");
  const Function *callee = call.getCalledFunction();
  if (!callee)
    return refuse(function, "calls a function through a pointer");
  if (callee->isIntrinsic() ? !isListed(callee->getIntrinsicID()) : callee->isDeclaration())
    return refuse(function, fmt::format("calls '{}', which is not in the list of intrinsics", callee->getName().str()));
  return Error::success();
}

static bool isAtMostMonotonic(AtomicOrdering ordering) {
  return ordering == AtomicOrdering::NotAtomic || ordering == AtomicOrdering::Unordered ||
         ordering == AtomicOrdering::Monotonic;
}

static bool isKnownUpdate(AtomicRMWInst::BinOp operation) {
  switch (operation) {
  case AtomicRMWInst::Xchg:
  case AtomicRMWInst::Add:
  case AtomicRMWInst::Sub:
  case AtomicRMWInst::And:
  case AtomicRMWInst::Or:
  case AtomicRMWInst::Xor:
  case AtomicRMWInst::Max:
  case AtomicRMWInst::Min:
  case AtomicRMWInst::UMax:
  case AtomicRMWInst::UMin:
    return true;
  default:
    return false;
  }
}

// (c2) Atomics are of integers of 32 or 64 bits; loads, stores and fences carry no ordering, which NVPTX cannot select.
static Error checkAtomic(const Function &function, const Instruction &instruction) {
  if (isa<FenceInst>(instruction))
    return refuse(function, "has a fence; use llvm.nvvm.membar.gl or .cta");
  if (auto *load = dyn_cast<LoadInst>(&instruction); load && !isAtMostMonotonic(load->getOrdering()))
    return refuse(function, "has a load with an ordering; use a volatile load and llvm.nvvm.membar.gl");
  if (auto *store = dyn_cast<StoreInst>(&instruction); store && !isAtMostMonotonic(store->getOrdering()))
    return refuse(function, "has a store with an ordering; use llvm.nvvm.membar.gl and a volatile store");
  Type *type = nullptr;
  if (auto *update = dyn_cast<AtomicRMWInst>(&instruction)) {
    if (!isKnownUpdate(update->getOperation()))
      return refuse(function, fmt::format("has the atomic operation '{}'; only those of integers are deterministic",
                                          AtomicRMWInst::getOperationName(update->getOperation()).str()));
    type = update->getValOperand()->getType();
  } else if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction)) {
    type = exchange->getNewValOperand()->getType();
  }
  if (type && !type->isIntegerTy(32) && !type->isIntegerTy(64))
    return refuse(function, "has an atomic operation on another type than i32 and i64");
  return Error::success();
}

// (c3) Each access of global memory says of which operand it is, and in which sweep.
static Error checkAccess(const Function &function, const Instruction &instruction, const Access &access) {
  const unsigned space = access.pointer->getType()->getPointerAddressSpace();
  const Place place = placeOf(access.pointer);
  if (space > local || (space == constant && place != Place::own))
    return refuse(function, fmt::format("accesses address space {}, which is not listed", space));
  const TypeSize bytes = function.getParent()->getDataLayout().getTypeStoreSize(access.type);
  if (bytes.isScalable() || bytes == 0 || bytes > 64)
    return refuse(function, "has an access that is not of 1 to 64 bytes");
  if (place == Place::own && (isa<AtomicRMWInst>(instruction) || isa<AtomicCmpXchgInst>(instruction)))
    return refuse(function, "has an atomic operation on a variable of one thread");
  const MDNode *operand = instruction.getMetadata(operandMetadata);
  if (!operand && place != Place::global)
    return Error::success();
  if (!operand)
    return refuse(function, fmt::format("accesses global memory in a {} that carries no !{}, so nobody could say what it "
                                        "moves",
                                        instruction.getOpcodeName(), operandMetadata));
  auto isSound = [&] {
    if (operand->getNumOperands() != 2 || !isa_and_nonnull<MDString>(operand->getOperand(0)))
      return false;
    auto *sweep = mdconst::dyn_extract_or_null<ConstantInt>(operand->getOperand(1));
    return sweep && sweep->getBitWidth() == 32 && !sweep->isNegative();
  };
  if (!isSound())
    return refuse(function, fmt::format("has a !{} that is not of the form !{{!\"name\", i32 SWEEP}}", operandMetadata));
  return Error::success();
}

// (c4) Arithmetic has one result: no licences of fast math, and no frem, which NVPTX expands in its own way.
static Error checkArithmetic(const Function &function, const Instruction &instruction) {
  if (instruction.getOpcode() == Instruction::FRem)
    return refuse(function, "has an frem, which is not the same on a GPU and on the host");
  if (auto *operation = dyn_cast<FPMathOperator>(&instruction); operation && operation->getFastMathFlags().any())
    return refuse(function, fmt::format("has fast-math flags on an {}, which leave its result open",
                                        instruction.getOpcodeName()));
  return Error::success();
}

// (c5) Functions keep subnormals.
static Error checkAttributes(const Function &function) {
  for (const char *name : {"nvptx-f32ftz", "unsafe-fp-math", "approx-func-fp-math", "no-nans-fp-math",
                           "no-infs-fp-math", "no-signed-zeros-fp-math"})
    if (function.getFnAttribute(name).getValueAsString() == "true")
      return refuse(function, fmt::format("has the attribute '{}', which leaves results open", name));
  for (const char *name : {"denormal-fp-math", "denormal-fp-math-f32"})
    if (StringRef value = function.getFnAttribute(name).getValueAsString();
        !value.empty() && value != "ieee" && value != "ieee,ieee")
      return refuse(function, fmt::format("has the attribute '{}' with another value than ieee", name));
  return Error::success();
}

// (c6) Kernels take integers, floats and pointers of at most 64 bits, and return nothing.
static Error checkKernel(const Function &kernel) {
  if (!kernel.getReturnType()->isVoidTy() || kernel.isVarArg())
    return refuse(kernel, "is a kernel, but returns something or takes any number of arguments");
  for (const Argument &argument : kernel.args()) {
    Type *type = argument.getType();
    const bool simple = type->isPointerTy() || type->isFloatTy() || type->isDoubleTy() ||
                        (type->isIntegerTy() && type->getIntegerBitWidth() <= 64);
    if (!simple || argument.hasByValAttr())
      return refuse(kernel, fmt::format("has the parameter {}, which is no number or pointer of at most 64 bits",
                                        argument.getArgNo()));
  }
  if (!kernel.use_empty())
    return refuse(kernel, "is a kernel, but is used by the code too");
  return Error::success();
}

// (c7) Variables of a module are shared memory without a value, or constants.
static Error checkVariable(const GlobalVariable &variable) {
  if (variable.getName().starts_with("llvm."))
    return Error::success();
  auto refuseVariable = [&](const char *what) {
    return createStringError(fmt::format("GPU variable '{}' {}", variable.getName().str(), what));
  };
  if (variable.getAddressSpace() == shared) {
    if (variable.hasInitializer() && !isa<UndefValue>(variable.getInitializer()))
      return refuseVariable("is shared memory with a value, which nobody would put there");
    if (variable.getAlign().valueOrOne() > 128)
      return refuseVariable("is shared memory aligned to more than 128 bytes");
    if (variable.isDeclaration() && !variable.getParent()->getDataLayout().getTypeAllocSize(variable.getValueType()).isZero())
      return refuseVariable("is shared memory of a size that only another module knows");
    return Error::success();
  }
  if (!variable.isConstant() || !variable.hasInitializer())
    return refuseVariable("is neither shared memory nor a constant");
  return Error::success();
}

static Error checkFunction(const Function &function) {
  if (Error error = checkAttributes(function))
    return error;
  if (function.hasAddressTaken(nullptr, /*IgnoreCallbackUses=*/false, /*IgnoreAssumeLikeCalls=*/true,
                               /*IgnoreLLVMUsed=*/true))
    return refuse(function, "has its address taken");
  for (const Instruction &instruction : instructions(function)) {
    if (auto *call = dyn_cast<CallBase>(&instruction))
      if (Error error = checkCall(function, *call))
        return error;
    if (Error error = checkAtomic(function, instruction))
      return error;
    if (Error error = checkArithmetic(function, instruction))
      return error;
    if (std::optional<Access> access = accessOf(instruction))
      if (Error error = checkAccess(function, instruction, *access))
        return error;
  }
  return Error::success();
}

Error checkKernels(const Module &gpu) {
  if (!gpu.alias_empty() || !gpu.ifunc_empty())
    return createStringError("GPU code with aliases is not supported");
  for (const GlobalVariable &variable : gpu.globals())
    if (Error error = checkVariable(variable))
      return error;
  for (const Function &function : gpu)
    if (!function.isDeclaration())
      if (Error error = checkFunction(function))
        return error;
  for (const Function *kernel : kernelsOf(const_cast<Module &>(gpu))) {
    if (kernel->isDeclaration())
      return refuse(*kernel, "is a kernel without a body");
    if (Error error = checkKernel(*kernel))
      return error;
  }
  return Error::success();
}

} // namespace normc::simt
