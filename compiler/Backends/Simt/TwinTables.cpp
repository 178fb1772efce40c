//===- TwinTables.cpp - what a twin says about itself ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Simt/TwinTables.h"
#include "compiler/Backends/Simt/Kernels.h"

#include "llvm/IR/Constants.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace normc::simt {

MapVector<GlobalVariable *, SharedArray> layOutShared(Module &module) {
  constexpr int64_t gap = 128;
  MapVector<GlobalVariable *, SharedArray> arrays;
  int64_t end = 0;
  const DataLayout &layout = module.getDataLayout();
  for (GlobalVariable &variable : module.globals()) {
    if (variable.getAddressSpace() != shared || variable.isDeclaration())
      continue;
    SharedArray &array = arrays[&variable];
    array.name = variable.getName().str();
    array.alignment = int32_t(layout.getPreferredAlign(&variable).value());
    array.offset = int32_t(end);
    array.bytes = int32_t(layout.getTypeAllocSize(variable.getValueType()).getFixedValue());
    end = int64_t(alignTo(uint64_t(end + array.bytes + gap), gap));
  }
  for (GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() == shared && variable.isDeclaration())
      arrays[&variable] = {variable.getName().str(), int32_t(end), -1, 16};
  return arrays;
}

namespace {
/// Writes C tables as constants of LLVM.
class TableWriter {
public:
  explicit TableWriter(Module &module) : module(module), context(module.getContext()) {}

  Constant *number(int32_t value) { return ConstantInt::get(Type::getInt32Ty(context), uint32_t(value)); }
  Constant *text(StringRef value) { return variable(ConstantDataArray::getString(context, value)); }
  Constant *structure(ArrayRef<Constant *> fields) { return ConstantStruct::getAnon(fields); }
  /// The address of the first, or null.
  Constant *array(ArrayRef<Constant *> elements) {
    if (elements.empty())
      return ConstantPointerNull::get(PointerType::get(context, 0));
    return variable(ConstantArray::get(ArrayType::get(elements.front()->getType(), elements.size()), elements));
  }

private:
  Constant *variable(Constant *value) {
    return new GlobalVariable(module, value->getType(), /*isConstant=*/true, GlobalValue::InternalLinkage, value);
  }
  Module &module;
  LLVMContext &context;
};
} // namespace

/// The bytes of the arrays of fixed size as a GPU lays them out, one behind the other.
static int32_t staticBytes(ArrayRef<SharedArray> arrays) {
  uint64_t end = 0;
  for (const SharedArray &array : arrays)
    if (array.bytes > 0)
      end = alignTo(end, uint64_t(array.alignment)) + uint64_t(array.bytes);
  return int32_t(end);
}

// The fields below stand in the order of these.
static_assert(sizeof(normc_simt_access) == 6 * sizeof(int32_t));
static_assert(sizeof(normc_simt_shared) == sizeof(void *) + 2 * sizeof(int32_t));
static_assert(sizeof(normc_simt_kernel) == 6 * sizeof(void *) + 6 * sizeof(int32_t));
static_assert(sizeof(normc_simt_module) == sizeof(void *) + 2 * sizeof(int32_t));

void defineTable(Module &module, const std::vector<TwinKernel> &kernels, const TwinTables &tables) {
  TableWriter write(module);
  SmallVector<Constant *> operands, accesses, places, rows;
  for (StringRef operand : tables.operands)
    operands.push_back(write.text(operand));
  for (const normc_simt_access &access : tables.accesses)
    accesses.push_back(write.structure({write.number(access.operand), write.number(access.sweep),
                                        write.number(access.bytes), write.number(access.alignment),
                                        write.number(access.space), write.number(access.kind)}));
  for (const std::string &place : tables.places)
    places.push_back(write.text(place));
  Constant *operandTable = write.array(operands), *accessTable = write.array(accesses), *placeTable = write.array(places);
  for (const TwinKernel &kernel : kernels) {
    SmallVector<Constant *> arrays;
    for (const SharedArray &array : kernel.arrays)
      arrays.push_back(write.structure({write.text(array.name), write.number(array.offset), write.number(array.bytes)}));
    rows.push_back(write.structure(
        {write.text(kernel.name), kernel.run, write.number(int32_t(kernel.parameters)),
         write.number(int32_t(operands.size())), write.number(int32_t(accesses.size())),
         write.number(int32_t(places.size())), write.number(int32_t(arrays.size())),
         write.number(staticBytes(kernel.arrays)), operandTable, accessTable, placeTable, write.array(arrays)}));
  }
  Constant *table = write.structure(
      {write.number(NORMC_SIMT_VERSION), write.number(int32_t(kernels.size())), write.array(rows)});
  auto *variable = new GlobalVariable(module, table->getType(), /*isConstant=*/true, GlobalValue::ExternalLinkage, table,
                                      NORMC_SIMT_SYMBOL);
  // Of its own shared object only: two modules in one process have one each.
  variable->setVisibility(GlobalValue::HiddenVisibility);
}

} // namespace normc::simt
