//===- HostTwin.cpp - GPU kernels compiled for the host -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Simt/HostTwin.h"
#include "compiler/Backends/Simt/HookWriter.h"

#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace normc::simt {

namespace {
/// Turns a copy of the GPU's module into the twin.
class TwinBuilder {
public:
  explicit TwinBuilder(Module &module) : module(module), context(module.getContext()) {}
  void build();

private:
  Function *addThread(Function &function);
  void replaceCalls(Function &function);
  void replaceShared();
  std::vector<SharedArray> reachableArrays(Function *body);
  Function *wrap(Function &body, size_t number);

  Module &module;
  LLVMContext &context;
  MapVector<Function *, Function *> twins; // of the GPU's functions
  MapVector<GlobalVariable *, SharedArray> arrays;
  DenseMap<Function *, SetVector<GlobalVariable *>> used; // shared variables, by twin
  DenseMap<Function *, SetVector<Function *>> called;
};
} // namespace

/// f(a, b) ==> f(thread, a, b), with the same body. Attributes say what held without hooks, so they go.
Function *TwinBuilder::addThread(Function &function) {
  SmallVector<Type *> types = {PointerType::get(context, 0)};
  llvm::append_range(types, function.getFunctionType()->params());
  Function *twin = Function::Create(FunctionType::get(function.getReturnType(), types, function.isVarArg()),
                                    GlobalValue::InternalLinkage, function.getName() + ".twin", module);
  twin->splice(twin->begin(), &function);
  for (Argument &argument : function.args()) {
    Argument *moved = twin->getArg(argument.getArgNo() + 1);
    moved->takeName(&argument);
    argument.replaceAllUsesWith(moved);
  }
  twin->setDoesNotThrow();
  twin->setConvergent();
  return twin;
}

/// Those who call the GPU's function call its twin, with their own thread.
void TwinBuilder::replaceCalls(Function &function) {
  for (User *user : llvm::make_early_inc_range(function.users())) {
    auto *call = cast<CallInst>(user);
    Function *twin = twins.lookup(&function);
    SmallVector<Value *> arguments = {call->getFunction()->getArg(0)};
    llvm::append_range(arguments, call->args());
    CallInst *replacement = CallInst::Create(twin, arguments, "", call->getIterator());
    replacement->setConvergent();
    called[call->getFunction()].insert(twin);
    call->replaceAllUsesWith(replacement);
    call->eraseFromParent();
  }
}

/// Records who uses which shared variable; the addresses are put in by the hook writers.
void TwinBuilder::replaceShared() {
  SmallVector<Constant *> variables;
  for (auto &entry : arrays)
    variables.push_back(entry.first);
  convertUsersOfConstantsToInstructions(variables);
  for (auto &entry : arrays)
    for (User *user : entry.first->users())
      if (auto *instruction = dyn_cast<Instruction>(user))
        used[instruction->getFunction()].insert(entry.first);
}

std::vector<SharedArray> TwinBuilder::reachableArrays(Function *body) {
  SetVector<Function *> reached;
  SetVector<GlobalVariable *> variables;
  reached.insert(body);
  for (size_t next = 0; next < reached.size(); ++next) {
    variables.insert(used[reached[next]].begin(), used[reached[next]].end());
    reached.insert(called[reached[next]].begin(), called[reached[next]].end());
  }
  std::vector<SharedArray> found;
  bool sized = false;
  for (auto &[variable, array] : arrays)
    if (variables.contains(variable) && !(array.bytes < 0 && sized)) {
      sized |= array.bytes < 0;
      found.push_back(array);
    }
  return found;
}

/// void kernel(thread, parameters) { body(thread, *(T0 *)parameters[0], *(T1 *)parameters[1], ..); }
Function *TwinBuilder::wrap(Function &body, size_t number) {
  Type *pointer = PointerType::get(context, 0);
  Function *wrapper = Function::Create(FunctionType::get(Type::getVoidTy(context), {pointer, pointer}, false),
                                       GlobalValue::InternalLinkage, "run." + Twine(number), module);
  IRBuilder<> builder(BasicBlock::Create(context, "", wrapper));
  SmallVector<Value *> arguments = {wrapper->getArg(0)};
  for (unsigned index = 1; index < body.arg_size(); ++index) {
    Value *slot = builder.CreateLoad(pointer, builder.CreateConstInBoundsGEP1_64(pointer, wrapper->getArg(1), index - 1));
    arguments.push_back(builder.CreateLoad(body.getArg(index)->getType(), slot));
  }
  builder.CreateCall(&body, arguments)->setConvergent();
  builder.CreateRetVoid();
  wrapper->setDoesNotThrow();
  return wrapper;
}

void TwinBuilder::build() {
  SetVector<Function *> kernels = kernelsOf(module);
  for (const char *name : {"llvm.used", "llvm.compiler.used"})
    if (GlobalVariable *variable = module.getNamedGlobal(name))
      variable->eraseFromParent();
  while (!module.named_metadata_empty())
    module.eraseNamedMetadata(&*module.named_metadata_begin());
  for (GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() != shared) {
      variable.setLinkage(GlobalValue::InternalLinkage);
      variable.setSection("");
    }

  SmallVector<Function *> definitions;
  for (Function &function : module)
    if (!function.isDeclaration())
      definitions.push_back(&function);
  std::vector<TwinKernel> table;
  for (Function *function : definitions)
    twins[function] = addThread(*function);
  for (Function *function : definitions)
    replaceCalls(*function);
  arrays = layOutShared(module);
  replaceShared();
  for (Function *kernel : kernels) {
    TwinKernel row;
    row.name = kernel->getName().str();
    row.parameters = kernel->arg_size();
    row.run = wrap(*twins.lookup(kernel), table.size());
    row.arrays = reachableArrays(twins.lookup(kernel));
    table.push_back(std::move(row));
  }
  TwinTables tables;
  for (auto &[function, twin] : twins) {
    HookWriter writer(*twin, tables);
    writer.rewrite();
    for (GlobalVariable *variable : used[twin]) {
      // Of an address that is the variable's own, hooks are given a constant expression.
      convertUsersOfConstantsToInstructions({variable});
      Value *address = writer.sharedAddress(arrays[variable], variable->getType());
      variable->replaceUsesWithIf(address, [&, twin = twin](Use &use) {
        auto *user = dyn_cast<Instruction>(use.getUser());
        return user && user->getFunction() == twin;
      });
    }
  }
  defineTable(module, table, tables);
  for (Function *function : definitions)
    function->eraseFromParent();
  for (auto &entry : arrays)
    entry.first->eraseFromParent();
  for (Function &function : llvm::make_early_inc_range(module))
    if (function.isDeclaration() && function.use_empty())
      function.eraseFromParent();
  StripDebugInfo(module);
}

Expected<std::unique_ptr<Module>> buildHostTwin(const Module &gpu) {
  if (Error error = checkKernels(gpu))
    return error;
  std::unique_ptr<Module> module = CloneModule(gpu);
  TwinBuilder(*module).build();
  std::string fault;
  raw_string_ostream stream(fault);
  if (verifyModule(*module, &stream))
    return createStringError("the host twin of the GPU kernels is not sound: " + fault);
  return module;
}

} // namespace normc::simt
