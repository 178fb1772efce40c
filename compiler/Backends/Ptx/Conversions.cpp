//===- Conversions.cpp - 16-bit floats by integer arithmetic -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Scalars.h"

using namespace mlir;

namespace normc::ptx {

namespace {

/// Bits of floats, as 32-bit integers.
class Words {
public:
  explicit Words(Code &code) : code(code) {}

  Value word(uint32_t value) { return code.integer(int32_t(value), code.getI32Type()); }
  Value bitsOf(Value real) { return code.bitcast(real, code.getI32Type()); }
  Value fromBits(Value bits) { return code.bitcast(bits, code.getF32Type()); }
  Value half(Value word) { return code.resize(word, code.getIntegerType(16)); }
  Value isLess(Value a, uint32_t b) { return code.less(a, word(b)); }
  Value masked(Value a, uint32_t b) { return code.bitAnd(a, word(b)); }
  Value with(Value a, uint32_t b) { return code.bitOr(a, word(b)); }
  Value plus(Value a, uint32_t b) { return code.add(a, word(b)); }

  // 1 sign, 5 exponent and 10 fraction bits. As a float's, they are 2^112 too small, but for infinity and NaN.
  Value fromF16(Value half) {
    Value bits = code.resize(half, code.getI32Type()), size = code.shl(masked(bits, 0x7fff), 13u);
    Value scaled = code.mulf(fromBits(size), code.real(0x1p112, code.getF32Type()));
    Value finite = code.select(isLess(size, 0x0f800000), bitsOf(scaled), with(size, 0x7f800000));
    return fromBits(code.bitOr(finite, code.shl(masked(bits, 0x8000), 16u)));
  }

  // The nearest f16, ties to even. Below 2^-14 the last bit counts 2^-24, as it does in floats next to 0.5.
  Value toF16(Value real) {
    Value bits = bitsOf(real), size = masked(bits, 0x7fffffff), sign = masked(code.shr(bits, 16u), 0x8000);
    Value small = code.sub(bitsOf(code.addf(fromBits(size), code.real(0.5, code.getF32Type()))), word(0x3f000000));
    Value odd = masked(code.shr(size, 13u), 1);
    Value normal = code.shr(code.add(plus(size, uint32_t(0xfff - 0x38000000)), odd), 13u);
    Value finite = code.select(isLess(size, 0x38800000), small, normal);
    Value large = code.select(isLess(size, 0x7f800001), word(0x7c00), word(0x7e00));
    return half(code.bitOr(sign, code.select(isLess(size, 0x477ff000), finite, large)));
  }

  // The upper half of a float.
  Value fromBf16(Value half) { return fromBits(code.shl(code.resize(half, code.getI32Type()), 16u)); }

  // The nearest bf16, ties to even.
  Value toBf16(Value real) {
    Value bits = bitsOf(real), upper = code.shr(bits, 16u);
    Value rounded = code.shr(code.add(plus(bits, 0x7fff), masked(upper, 1)), 16u);
    return half(code.select(isLess(masked(bits, 0x7fffffff), 0x7f800001), rounded, with(upper, 0x40)));
  }

  // The float next to a double that a rounding to fewer bits takes to where it would take the double: an inexact one has its last
  // bit set.
  Value oddFloat(Value value) {
    using P = arith::CmpFPredicate;
    Value nearest = code.create<arith::TruncFOp>(code.getF32Type(), value), bits = bitsOf(nearest);
    Value back = code.toF64(nearest);
    Value isExact = code.bitOr(code.comparef(P::OEQ, back, value), code.comparef(P::UNO, value, value));
    Value isOdd = code.equal(masked(bits, 1), 1);
    Value isAbove = code.comparef(P::OGT, code.absf(back), code.absf(value));
    Value other = code.select(isAbove, code.sub(bits, word(1)), plus(bits, 1));
    return fromBits(code.select(code.bitOr(isExact, isOdd), bits, other));
  }

private:
  Code &code;
};

} // namespace

Value widen(Code &code, Value bits, Type from) {
  Words words(code);
  return from.isF16() ? words.fromF16(bits) : words.fromBf16(bits);
}

Value narrow(Code &code, Value value, Type to) {
  Words words(code);
  if (value.getType().isF64())
    value = words.oddFloat(value);
  return to.isF16() ? words.toF16(value) : words.toBf16(value);
}

} // namespace normc::ptx
