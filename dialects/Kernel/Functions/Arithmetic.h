//===- Arithmetic.h - scalar arithmetic of a function, as ops ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Scalars with operators, each of which builds one op of arith or math, so that a
// function of f32 and of f64 is one formula.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_FUNCTIONS_ARITHMETIC_H
#define NORMC_DIALECTS_KERNEL_FUNCTIONS_ARITHMETIC_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace normc::kernel {

/// A constant of f32 and of f64: the nearest number, and what is left of the constant.
struct Split {
  double f32[2], f64[2];
};

/// Coefficients for f32 and for f64, from the constant up.
struct Polynomial {
  mlir::ArrayRef<double> f32, f64;
};

class Arithmetic;

/// A float, its bits, or a condition.
template <typename Kind>
struct Scalar {
  Arithmetic *arithmetic;
  mlir::Value value;

  /// The same under a name that emitted code shows.
  Scalar named(mlir::StringRef name) {
    value.setLoc(mlir::NameLoc::get(mlir::StringAttr::get(value.getContext(), name)));
    return *this;
  }
};
using Real = Scalar<struct RealKind>;
using Bits = Scalar<struct BitsKind>;
using Truth = Scalar<struct TruthKind>;

/// Builds the arithmetic of one function. Every op is exact or rounds to nearest; nothing is contracted or
/// reassociated.
class Arithmetic {
public:
  Arithmetic(mlir::ImplicitLocOpBuilder &builder, mlir::FloatType type) : builder(builder), type(type) {}

  mlir::ImplicitLocOpBuilder &builder;
  mlir::FloatType type;

  bool isSingle() { return type.isF32(); }
  /// Bits of the fraction, and the exponent of 1.
  int64_t fraction() { return isSingle() ? 23 : 52; }
  int64_t bias() { return isSingle() ? 127 : 1023; }

  double pick(double f32, double f64) { return isSingle() ? f32 : f64; }
  double high(const Split &split) { return isSingle() ? split.f32[0] : split.f64[0]; }
  double low(const Split &split) { return isSingle() ? split.f32[1] : split.f64[1]; }

  Real wrap(mlir::Value value) { return {this, value}; }
  Real real(double value) { return wrap(builder.create<mlir::arith::ConstantOp>(builder.getFloatAttr(type, value))); }
  Real infinity() { return real(std::numeric_limits<double>::infinity()); }
  Real nan() { return real(std::numeric_limits<double>::quiet_NaN()); }
  Bits bits(uint64_t value) {
    return {this, builder.create<mlir::arith::ConstantOp>(
                      builder.getIntegerAttr(word(), mlir::APInt(type.getWidth(), value, /*isSigned=*/false)))};
  }
  Bits bitsOf(Real a) { return {this, builder.create<mlir::arith::BitcastOp>(word(), a.value)}; }
  Real fromBits(Bits a) { return wrap(builder.create<mlir::arith::BitcastOp>(type, a.value)); }

  Real fma(Real a, Real b, Real c) { return wrap(builder.create<mlir::math::FmaOp>(a.value, b.value, c.value)); }
  Real fma(Real a, double b, Real c) { return fma(a, real(b), c); }

  template <typename Kind>
  Scalar<Kind> select(Truth condition, Scalar<Kind> a, Scalar<Kind> b) {
    return {this, builder.create<mlir::arith::SelectOp>(condition.value, a.value, b.value)};
  }

  /// c0 + x (c1 + x (c2 + ..))
  Real polynomial(const Polynomial &polynomial, Real x) {
    mlir::ArrayRef<double> coefficients = isSingle() ? polynomial.f32 : polynomial.f64;
    Real sum = real(coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      sum = fma(sum, x, real(coefficient)).named("p");
    return sum;
  }

  /// The bit of the sign.
  uint64_t signBit() { return uint64_t(1) << (type.getWidth() - 1); }
  /// A power of two, as bits.
  uint64_t powerBits(int64_t exponent) { return uint64_t(exponent + bias()) << fraction(); }

private:
  mlir::Type word() { return builder.getIntegerType(type.getWidth()); }
};

template <typename Op, typename Kind>
Scalar<Kind> combine(Scalar<Kind> a, Scalar<Kind> b) {
  return {a.arithmetic, a.arithmetic->builder.template create<Op>(a.value, b.value)};
}

inline Real operator+(Real a, Real b) {
  return combine<mlir::arith::AddFOp>(a, b);
}
inline Real operator-(Real a, Real b) {
  return combine<mlir::arith::SubFOp>(a, b);
}
inline Real operator*(Real a, Real b) {
  return combine<mlir::arith::MulFOp>(a, b);
}
inline Real operator/(Real a, Real b) {
  return combine<mlir::arith::DivFOp>(a, b);
}
inline Real operator+(double a, Real b) {
  return b.arithmetic->real(a) + b;
}
inline Real operator+(Real a, double b) {
  return a + a.arithmetic->real(b);
}
inline Real operator-(Real a, double b) {
  return a - a.arithmetic->real(b);
}
inline Real operator-(double a, Real b) {
  return b.arithmetic->real(a) - b;
}
inline Real operator*(Real a, double b) {
  return a * a.arithmetic->real(b);
}
inline Real operator/(double a, Real b) {
  return b.arithmetic->real(a) / b;
}
inline Real operator-(Real a) {
  return a.arithmetic->wrap(a.arithmetic->builder.create<mlir::arith::NegFOp>(a.value));
}
inline Real abs(Real a) {
  return a.arithmetic->wrap(a.arithmetic->builder.create<mlir::math::AbsFOp>(a.value));
}

inline Bits operator+(Bits a, Bits b) {
  return combine<mlir::arith::AddIOp>(a, b);
}
inline Bits operator-(Bits a, Bits b) {
  return combine<mlir::arith::SubIOp>(a, b);
}
inline Bits operator&(Bits a, Bits b) {
  return combine<mlir::arith::AndIOp>(a, b);
}
inline Bits operator|(Bits a, Bits b) {
  return combine<mlir::arith::OrIOp>(a, b);
}
inline Bits operator+(Bits a, uint64_t b) {
  return a + a.arithmetic->bits(b);
}
inline Bits operator&(Bits a, uint64_t b) {
  return a & a.arithmetic->bits(b);
}
inline Bits operator|(Bits a, uint64_t b) {
  return a | a.arithmetic->bits(b);
}
inline Bits operator<<(Bits a, uint64_t b) {
  return combine<mlir::arith::ShLIOp>(a, a.arithmetic->bits(b));
}
inline Bits operator>>(Bits a, uint64_t b) {
  return combine<mlir::arith::ShRUIOp>(a, a.arithmetic->bits(b));
}

/// Comparisons are false where an operand is NaN.
inline Truth compare(mlir::arith::CmpFPredicate predicate, Real a, Real b) {
  return {a.arithmetic, a.arithmetic->builder.create<mlir::arith::CmpFOp>(predicate, a.value, b.value)};
}
inline Truth operator<(Real a, double b) {
  return compare(mlir::arith::CmpFPredicate::OLT, a, a.arithmetic->real(b));
}
inline Truth operator>(Real a, double b) {
  return compare(mlir::arith::CmpFPredicate::OGT, a, a.arithmetic->real(b));
}
inline Truth operator>=(Real a, double b) {
  return compare(mlir::arith::CmpFPredicate::OGE, a, a.arithmetic->real(b));
}
inline Truth operator==(Real a, double b) {
  return compare(mlir::arith::CmpFPredicate::OEQ, a, a.arithmetic->real(b));
}
inline Truth operator==(Real a, Real b) {
  return compare(mlir::arith::CmpFPredicate::OEQ, a, b);
}
inline Truth isNan(Real a) {
  return compare(mlir::arith::CmpFPredicate::UNO, a, a);
}
inline Truth operator&(Truth a, Truth b) {
  return combine<mlir::arith::AndIOp>(a, b);
}
inline Truth operator|(Truth a, Truth b) {
  return combine<mlir::arith::OrIOp>(a, b);
}
inline Truth operator!(Truth a) {
  mlir::ImplicitLocOpBuilder &builder = a.arithmetic->builder;
  return {a.arithmetic, builder.create<mlir::arith::XOrIOp>(a.value, builder.create<mlir::arith::ConstantIntOp>(1, 1))};
}

/// min(a, limit) and max(a, limit); NaN stays
inline Real atMost(Real a, double limit) {
  return a.arithmetic->select(a > limit, a.arithmetic->real(limit), a);
}
inline Real atLeast(Real a, double limit) {
  return a.arithmetic->select(a < limit, a.arithmetic->real(limit), a);
}

/// The size of one number with the sign of another; the size has none.
inline Real withSign(Real size, Real sign) {
  Arithmetic &m = *size.arithmetic;
  return m.fromBits(m.bitsOf(size) | (m.bitsOf(sign) & m.signBit()));
}

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_FUNCTIONS_ARITHMETIC_H
