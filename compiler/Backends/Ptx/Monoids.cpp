//===- Monoids.cpp - sums in lanes, and what they come to ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Monoids.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::ptx {

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

Term termOf(Monoid monoid, Value term) {
  auto product = monoid == Monoid::sum ? term.getDefiningOp<arith::MulFOp>() : arith::MulFOp();
  if (product && isa<kernel::SweepOp>(product->getParentOp()))
    return {product.getLhs(), product.getRhs()};
  return {term, Value()};
}

// greater(a, b) = a > b || a != a ? a : b, and lesser likewise: NaN stays.
static Value choose(Code &code, arith::CmpFPredicate predicate, Value a, Value b) {
  Value isFirst = code.bitOr(code.comparef(predicate, a, b), code.comparef(arith::CmpFPredicate::UNO, a, a));
  return code.select(isFirst, a, b);
}

Value combine(Code &code, Monoid monoid, Value a, Value b) {
  switch (monoid) {
  case Monoid::max:
    return choose(code, arith::CmpFPredicate::OGT, a, b);
  case Monoid::min:
    return choose(code, arith::CmpFPredicate::OLT, a, b);
  default:
    return code.addf(a, b);
  }
}

Value identityOf(Code &code, Monoid monoid, Type type) {
  const double infinity = std::numeric_limits<double>::infinity();
  return code.real(monoid == Monoid::max ? -infinity : monoid == Monoid::min ? infinity : 0.0, type);
}

Value accumulateTerm(Code &code, Monoid monoid, Value sum, Value term, Value factor) {
  return factor ? code.fma(term, factor, sum) : combine(code, monoid, sum, term);
}

Value finiteOrZero(Code &code, Value shift) {
  return code.select(code.isFinite(shift), shift, code.real(0.0, shift.getType()));
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

Monoids::Monoids(kernel::SweepOp sweep) {
  for (unsigned index = 0; index < sweep.getMonoids().size(); ++index)
    counts |= isShifted(sweep.getMonoid(index));
  parts = counts;
  for (unsigned index = 0; index < sweep.getMonoids().size(); ++index) {
    const Monoid monoid = sweep.getMonoid(index);
    list.push_back({monoid, sweep.getYield().getValues()[index], sweep.getResultOf(index), parts});
    parts += resultCount(monoid);
  }
}

Monoids Monoids::ofSum() {
  Monoids sum;
  sum.list.push_back({Monoid::sum, Value(), Value(), 0});
  sum.parts = 1;
  return sum;
}

Monoids Monoids::repeated(unsigned count) const {
  Monoids all;
  all.counts = counts;
  all.parts = counts;
  for (unsigned group = 0; group < count; ++group)
    for (Entry entry : list) {
      entry.place = all.parts;
      all.list.push_back(entry);
      all.parts += kernel::resultCount(entry.monoid);
    }
  return all;
}

Values Monoids::identity(Code &code) const {
  Values values;
  Type f64 = code.getF64Type();
  if (counts)
    values.push_back(code.real(0.0, f64));
  for (const Entry &entry : list) {
    values.push_back(isShifted(entry.monoid) ? code.real(std::numeric_limits<double>::quiet_NaN(), f64)
                                             : identityOf(code, entry.monoid, f64));
    if (entry.monoid == Monoid::moments)
      values.push_back(code.real(0.0, f64));
  }
  return values;
}

// n = na + nb, r = nb / n, d = mb - ma, mean = fma(d, r, ma), M2 = fma(d d, na r, M2a + M2b); b counts only where it has points
Values Monoids::merge(Code &code, ValueRange a, ValueRange b) const {
  Values merged;
  Value isEmpty, ratio, scale;
  if (counts) {
    Value n = code.addf(a[0], b[0]);
    isEmpty = code.comparef(arith::CmpFPredicate::OEQ, b[0], code.real(0.0, code.getF64Type()));
    ratio = code.divf(b[0], n);
    scale = code.mulf(a[0], ratio);
    merged.push_back(n);
  }
  for (const Entry &entry : list) {
    const unsigned at = entry.place;
    if (!isShifted(entry.monoid)) {
      merged.push_back(combine(code, entry.monoid, a[at], b[at]));
      continue;
    }
    Value d = code.subf(b[at], a[at]);
    Value mean = code.select(code.isFinite(d), code.fma(d, ratio, a[at]), code.addf(a[at], b[at]));
    merged.push_back(code.select(isEmpty, a[at], mean));
    if (entry.monoid == Monoid::moments) {
      Value m2 = code.fma(code.mulf(d, d), scale, code.addf(a[at + 1], b[at + 1]));
      merged.push_back(code.select(isEmpty, a[at + 1], m2));
    }
  }
  return merged;
}

void Monoids::results(ValueRange values, llvm::function_ref<void(Value, Value)> bind) const {
  for (const Entry &entry : list) {
    Operation *sweep = entry.result.getDefiningOp();
    const unsigned first = cast<OpResult>(entry.result).getResultNumber();
    for (unsigned k = 0; k < kernel::resultCount(entry.monoid); ++k)
      bind(sweep->getResult(first + k), values[entry.place + k]);
  }
}

// q = s1 / n, mean = shift + q, M2 = s2 - s1 q, at least 0; NaN stays
Values Monoids::finish(Code &code, Value points, ValueRange shifts, ValueRange sums, ValueRange squares) const {
  Values values;
  if (counts)
    values.push_back(points);
  unsigned shift = 0, square = 0;
  for (auto [index, entry] : llvm::enumerate(list)) {
    Value s1 = code.toF64(sums[index]);
    if (!isShifted(entry.monoid)) {
      values.push_back(s1);
      continue;
    }
    Value q = code.divf(s1, points);
    values.push_back(code.addf(code.toF64(shifts[shift++]), q));
    if (entry.monoid == Monoid::moments) {
      Value m2 = code.fma(code.negf(s1), q, code.toF64(squares[square++]));
      Value zero = code.real(0.0, code.getF64Type());
      values.push_back(code.select(code.comparef(arith::CmpFPredicate::OLT, m2, zero), zero, m2));
    }
  }
  return values;
}

//===----------------------------------------------------------------------===//
// Trees
//===----------------------------------------------------------------------===//

MergeTree::MergeTree(Code &code, Block &function, const Monoids &monoids, unsigned levels)
    : code(code), monoids(monoids) {
  if (monoids.empty())
    return;
  Code::InsertionGuard guard(code);
  code.setInsertionPointToStart(&function);
  memory = code.create<LLVM::AllocaOp>(LLVM::LLVMPointerType::get(code.getContext()), code.getF64Type(),
                                       code.integer(levels * monoids.size(), code.getI32Type()));
}

Value MergeTree::address(Value level, unsigned part) {
  Value place = code.add(code.mul(level, int64_t(monoids.size())), int64_t(part));
  return code.create<LLVM::GEPOp>(memory.getType(), code.getF64Type(), memory, ArrayRef<LLVM::GEPArg>{place});
}

Values MergeTree::load(Value level) {
  Values parts;
  for (unsigned part = 0; part < monoids.size(); ++part)
    parts.push_back(code.create<LLVM::LoadOp>(code.getF64Type(), address(level, part)));
  return parts;
}

// level = 0; while (number's bit `level` is set) entry = level's and entry, ++level; the entry goes to the level.
void MergeTree::push(Value number, ValueRange entry) {
  if (monoids.empty())
    return;
  Values initial = {code.integer(0)};
  llvm::append_range(initial, entry);
  auto bit = [&](Value level) { return code.equal(code.bitAnd(code.shr(number, level), 1), 1); };
  Values left = code.loopWhile(
      initial, [&](ValueRange values) { return bit(values[0]); },
      [&](ValueRange values) {
        Values next = {code.add(values[0], 1)};
        llvm::append_range(next, monoids.merge(code, load(values[0]), values.drop_front()));
        return next;
      });
  for (unsigned part = 0; part < monoids.size(); ++part)
    code.create<LLVM::StoreOp>(left[part + 1], address(left[0], part));
}

Values MergeTree::total(Value count) {
  if (monoids.empty())
    return {};
  // From the lowest level up.
  Values initial = {count, code.integer(0)};
  llvm::append_range(initial, monoids.identity(code));
  SmallVector<Type> types(monoids.size(), code.getF64Type());
  Values left = code.loopWhile(
      initial, [&](ValueRange values) { return code.less(code.integer(0), values[0]); },
      [&](ValueRange values) {
        Values next = {code.shr(values[0], 1u), code.add(values[1], 1)};
        Values sum(values.drop_front(2));
        llvm::append_range(next, code.ifElse(
                                     code.equal(code.bitAnd(values[0], 1), 1), types,
                                     [&] { return monoids.merge(code, load(values[1]), sum); }, [&] { return sum; }));
        return next;
      });
  return Values(ArrayRef(left).drop_front(2));
}

Values mergeAll(Code &code, const Monoids &monoids, SmallVector<Values> entries) {
  if (entries.empty())
    return monoids.identity(code);
  while (entries.size() > 1) {
    SmallVector<Values> next;
    for (size_t i = 0; i < entries.size(); i += 2)
      next.push_back(i + 1 < entries.size() ? monoids.merge(code, entries[i], entries[i + 1]) : entries[i]);
    entries = std::move(next);
  }
  return entries.front();
}

} // namespace normc::ptx
