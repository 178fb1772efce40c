//===- ListedTest.cpp - every listed intrinsic, on both sides ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Twins.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

using namespace llvm;
using namespace normc::simt;

namespace {
struct Listed {
  const char *name;
  Intrinsic::ID id;
};
const Listed all[] = {
#define NORMC_PTX_REGISTER(INTRINSIC, FIELD) {#INTRINSIC, Intrinsic::INTRINSIC},
#define NORMC_PTX_CONSTANT(INTRINSIC, VALUE) {#INTRINSIC, Intrinsic::INTRINSIC},
#define NORMC_PTX_HOOK(INTRINSIC, HOOK, MODE) {#INTRINSIC, Intrinsic::INTRINSIC},
#define NORMC_PTX_SAME(INTRINSIC, GENERIC) {#INTRINSIC, Intrinsic::INTRINSIC},
#define NORMC_PTX_GENERIC(INTRINSIC) {#INTRINSIC, Intrinsic::INTRINSIC},
#include "compiler/Backends/Ptx/Intrinsics.def"
};

/// Those that compute nothing want arguments of their own kind.
bool computes(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::assume:
  case Intrinsic::expect:
  case Intrinsic::lifetime_start:
  case Intrinsic::lifetime_end:
  case Intrinsic::experimental_noalias_scope_decl:
  case Intrinsic::dbg_declare:
  case Intrinsic::dbg_value:
  case Intrinsic::dbg_label:
    return false;
  default:
    return true;
  }
}

bool isOfFloats(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::fma:
  case Intrinsic::sqrt:
  case Intrinsic::fabs:
  case Intrinsic::copysign:
  case Intrinsic::floor:
  case Intrinsic::ceil:
  case Intrinsic::trunc:
  case Intrinsic::rint:
  case Intrinsic::nearbyint:
  case Intrinsic::roundeven:
    return true;
  default:
    return false;
  }
}

/// void k(global i32 *y, float, double, i32) { *y = intrinsic(the parameters by their types); }
std::unique_ptr<Module> callOf(LLVMContext &context, Intrinsic::ID id) {
  auto module = std::make_unique<Module>("listed", context);
  module->setTargetTriple("nvptx64-nvidia-cuda");
  module->setDataLayout("e-i64:64-i128:128-v16:16-v32:32-n16:32:64");
  Type *number = Type::getInt32Ty(context), *single = Type::getFloatTy(context), *wide = Type::getDoubleTy(context);
  auto *kernel = Function::Create(
      FunctionType::get(Type::getVoidTy(context), {PointerType::get(context, 1), single, wide, number}, false),
      GlobalValue::ExternalLinkage, "k", *module);
  kernel->setCallingConv(CallingConv::PTX_Kernel);
  IRBuilder<> builder(BasicBlock::Create(context, "", kernel));
  SmallVector<Type *> overloads;
  if (Intrinsic::isOverloaded(id))
    overloads.push_back(isOfFloats(id) ? single : number);
  Function *callee = Intrinsic::getDeclaration(module.get(), id, overloads);
  SmallVector<Value *> arguments;
  for (Type *type : callee->getFunctionType()->params()) {
    if (type == single)
      arguments.push_back(kernel->getArg(1));
    else if (type == wide)
      arguments.push_back(kernel->getArg(2));
    else if (type == number)
      arguments.push_back(kernel->getArg(3));
    else
      arguments.push_back(Constant::getNullValue(type));
  }
  Value *result = builder.CreateCall(callee, arguments);
  while (auto *pair = dyn_cast<StructType>(result->getType()))
    result = builder.CreateExtractValue(result, pair->getNumElements() - 1);
  if (!result->getType()->isVoidTy()) {
    Value *address = kernel->getArg(0);
    if (result->getType()->isPointerTy())
      result = builder.CreatePtrToInt(result, builder.getInt64Ty());
    builder.CreateStore(result, address)
        ->setMetadata(operandMetadata, MDNode::get(context, {MDString::get(context, "y"),
                                                             ConstantAsMetadata::get(builder.getInt32(0))}));
  }
  builder.CreateRetVoid();
  return module;
}
} // namespace

// NVPTX selects it, and the host has a twin for it.
TEST(ListedIntrinsics, HaveBothSides) {
  for (const Listed &listed : all) {
    if (!computes(listed.id))
      continue;
    SCOPED_TRACE(listed.name);
    LLVMContext context;
    std::unique_ptr<Module> module = callOf(context, listed.id);
    Expected<std::string> object = compileForHost(*module);
    if (!object)
      FAIL() << toString(object.takeError());
    EXPECT_NE(ptxOf(*module).find(".entry k("), std::string::npos);
  }
}
