//===- Accesses.cpp - global and shared memory ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An access carries its operand as an alias scope, which passes and the translation keep:
// "SWEEP NAME" in the domain "normc.operand". What is translated turns that into metadata
// of its own.
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Accesses.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::ptx {

int64_t storageBytes(Type element) { return std::max<int64_t>(1, element.getIntOrFloatBitWidth() / 8); }

Type storageType(Type element) {
  if (element.isF16() || element.isBF16())
    return IntegerType::get(element.getContext(), 16);
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8) : element;
}

/// A scope has an identity, so that one must be made for each operand and sweep, once a function: it is found again by its text.
static ArrayAttr scopesOf(Code &code, const Operand &operand, int sweep) {
  MLIRContext *context = code.getContext();
  auto domain = LLVM::AliasScopeDomainAttr::get(
      context, DistinctAttr::create(UnitAttr::get(context)), StringAttr::get(context, operandDomain));
  auto scope = LLVM::AliasScopeAttr::get(domain, StringAttr::get(context, fmt::format("{} {}", sweep, operand.name)));
  return ArrayAttr::get(context, {scope});
}

/// How `count` adjacent elements are accessed: pieces of words.
namespace {
struct Pieces {
  Type word;         ///< an element, or 32 bits of several small ones
  unsigned perWord;  ///< elements of a word
  unsigned words;    ///< of a piece
  unsigned pieces;
};
} // namespace

static Pieces piecesOf(Code &code, Type storage, unsigned count) {
  const int64_t bytes = storageBytes(storage);
  if (bytes < 4 && count * bytes >= 4) {
    const unsigned perWord = 4 / bytes, words = count / perWord;
    const unsigned most = std::min<unsigned>(words, widestAccess / 4);
    return {code.getI32Type(), perWord, most, words / most};
  }
  const unsigned most = bytes < 4 ? 1 : std::min<unsigned>(count, widestAccess / bytes);
  return {storage, 1, most, count / most};
}

static Value elementAddress(Code &code, Value pointer, Value position, Type storage) {
  if (knownInteger(position) == 0)
    return pointer;
  // Positions are not negative, so that those of 32 bits may be extended as signed ones.
  return code.create<LLVM::GEPOp>(pointer.getType(), storage, pointer, ArrayRef<LLVM::GEPArg>{position},
                                  /*inbounds=*/false);
}

Values loadElements(Code &code, const Operand &operand, Value position, unsigned count, int sweep) {
  Type storage = storageType(operand.element);
  const Pieces pieces = piecesOf(code, storage, count);
  const unsigned bytes = storageBytes(pieces.word) * pieces.words;
  Type type = pieces.words == 1 ? pieces.word : VectorType::get(pieces.words, pieces.word);
  ArrayAttr scopes = operand.name.empty() ? ArrayAttr() : scopesOf(code, operand, sweep);
  Values values;
  for (unsigned piece = 0; piece < pieces.pieces; ++piece) {
    Value at = code.add(position, piece * pieces.words * pieces.perWord);
    auto load = code.create<LLVM::LoadOp>(type, elementAddress(code, operand.pointer, at, storage), bytes);
    if (scopes)
      load.setAliasScopesAttr(scopes);
    for (unsigned w = 0; w < pieces.words; ++w) {
      Value word = load;
      if (pieces.words > 1)
        word = code.create<LLVM::ExtractElementOp>(load, code.integer(w, code.getI32Type()));
      for (unsigned part = 0; part < pieces.perWord; ++part)
        values.push_back(pieces.perWord == 1
                             ? word
                             : code.resize(code.shr(word, part * 32 / pieces.perWord), storage));
    }
  }
  return values;
}

void storeElements(Code &code, const Operand &operand, Value position, ValueRange values, int sweep) {
  Type storage = storageType(operand.element);
  const Pieces pieces = piecesOf(code, storage, values.size());
  const unsigned bytes = storageBytes(pieces.word) * pieces.words;
  ArrayAttr scopes = operand.name.empty() ? ArrayAttr() : scopesOf(code, operand, sweep);
  unsigned next = 0;
  auto nextWord = [&]() -> Value {
    Value word;
    for (unsigned part = 0; part < pieces.perWord; ++part) {
      Value element = values[next++];
      if (pieces.perWord == 1)
        return element;
      element = code.shl(code.resize(element, code.getI32Type()), part * 32 / pieces.perWord);
      word = word ? code.bitOr(word, element) : element;
    }
    return word;
  };
  for (unsigned piece = 0; piece < pieces.pieces; ++piece) {
    Value at = code.add(position, piece * pieces.words * pieces.perWord);
    Value stored;
    if (pieces.words == 1) {
      stored = nextWord();
    } else {
      stored = code.create<LLVM::UndefOp>(VectorType::get(pieces.words, pieces.word));
      for (unsigned w = 0; w < pieces.words; ++w)
        stored = code.create<LLVM::InsertElementOp>(stored, nextWord(), code.integer(w, code.getI32Type()));
    }
    auto store = code.create<LLVM::StoreOp>(stored, elementAddress(code, operand.pointer, at, storage), bytes);
    if (scopes)
      store.setAliasScopesAttr(scopes);
  }
}

Value increment(Code &code, const Operand &counter, Value position, int sweep) {
  Value address = elementAddress(code, counter.pointer, position, counter.element);
  auto update = code.create<LLVM::AtomicRMWOp>(LLVM::AtomicBinOp::add, address, code.integer(1, counter.element),
                                               LLVM::AtomicOrdering::monotonic);
  update.setAliasScopesAttr(scopesOf(code, counter, sweep));
  return update;
}

Value loadVolatile(Code &code, const Operand &counter, Value position, int sweep) {
  Value address = elementAddress(code, counter.pointer, position, counter.element);
  auto load = code.create<LLVM::LoadOp>(counter.element, address, storageBytes(counter.element), /*isVolatile=*/true);
  load.setAliasScopesAttr(scopesOf(code, counter, sweep));
  return load;
}

static constexpr llvm::StringLiteral heldName = "normc_held";

Value heldMemory(Code &code, Value offset) {
  auto pointer = LLVM::LLVMPointerType::get(code.getContext(), sharedSpace);
  Value base = code.create<LLVM::AddressOfOp>(pointer, heldName);
  return code.create<LLVM::GEPOp>(pointer, code.getI8Type(), base, ArrayRef<LLVM::GEPArg>{offset});
}

void declareHeldMemory(Operation *module) {
  if (SymbolTable::lookupSymbolIn(module, heldName))
    return;
  OpBuilder builder = OpBuilder::atBlockBegin(&module->getRegion(0).front());
  builder.create<LLVM::GlobalOp>(module->getLoc(), LLVM::LLVMArrayType::get(builder.getI8Type(), 0), /*isConstant=*/false,
                                 LLVM::Linkage::External, heldName, Attribute(), /*alignment=*/16, sharedSpace);
}

Value SharedMemory::address(Code &code, int64_t offset, Value position, Type type) const {
  auto pointer = LLVM::LLVMPointerType::get(code.getContext(), sharedSpace);
  Value base = code.create<LLVM::AddressOfOp>(pointer, symbol);
  if (offset != 0)
    base = code.create<LLVM::GEPOp>(pointer, code.getI8Type(), base, ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  return elementAddress(code, base, position, type);
}

Value SharedMemory::load(Code &code, int64_t offset, Value position, Type type) const {
  return code.create<LLVM::LoadOp>(type, address(code, offset, position, type), storageBytes(type));
}

/// By a generic address: as one of shared memory it would be the block's own.
Value SharedMemory::loadFrom(Code &code, Value block, int64_t offset, Value position, Type type) const {
  auto generic = LLVM::LLVMPointerType::get(code.getContext());
  Value own = code.create<LLVM::AddrSpaceCastOp>(generic, address(code, offset, position, type));
  Value mapped = code.create<LLVM::CallIntrinsicOp>(generic, code.getStringAttr("llvm.nvvm.mapa"),
                                                    ValueRange{own, code.resize(block, code.getI32Type())})
                     .getResult(0);
  return code.create<LLVM::LoadOp>(type, mapped, storageBytes(type));
}

void SharedMemory::store(Code &code, int64_t offset, Value position, Value value) const {
  code.create<LLVM::StoreOp>(value, address(code, offset, position, value.getType()), storageBytes(value.getType()));
}

} // namespace normc::ptx
