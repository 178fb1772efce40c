//===- Layers.cpp - layers, expanded to primitives -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/NormDialect.h"

#include <cmath>
#include <fmt/format.h>

using namespace mlir;

namespace normc::norm {

namespace {

/// The type in which a layer is computed.
Type computedIn(Operation *layer) {
  Type stored = getElementTypeOrSelf(layer->getResult(0));
  return stored.isF64() ? stored : Float32Type::get(layer->getContext());
}

/// Builds primitives whose names begin with the layer's. Of f16 and bf16 the layer is computed in f32, so that its numbers
/// (eps, a slope) keep their value, and its result is rounded once.
struct Steps {
  ImplicitLocOpBuilder &builder;
  std::string prefix;
  Location location;
  Type stored, element;
  int64_t rank;

  Steps(ImplicitLocOpBuilder &builder, Operation *layer)
      : builder(builder), prefix(nameOf(layer->getLoc())), location(layer->getLoc()),
        stored(getElementTypeOrSelf(layer->getResult(0))), element(computedIn(layer)),
        rank(cast<RankedTensorType>(layer->getResult(0).getType()).getRank()) {
    if (!prefix.empty())
      prefix += '_';
  }

  template <typename Op, typename... Arguments>
  Value make(StringRef name, Arguments &&...arguments) {
    return builder.OpBuilder::create<Op>(named(prefix + name.str(), location),
                                         std::forward<Arguments>(arguments)...);
  }
  /// An operand of the layer.
  Value in(Value operand) {
    return element == stored ? operand
                             : make<CastOp>(nameOf(operand).empty() ? "wide" : nameOf(operand), operand,
                                            TypeAttr::get(element));
  }
  /// The value that replaces the layer, under the layer's own name.
  template <typename Op, typename... Arguments>
  Value last(Arguments &&...arguments) {
    if (element == stored)
      return builder.OpBuilder::create<Op>(location, std::forward<Arguments>(arguments)...);
    Value wide = make<Op>("wide", std::forward<Arguments>(arguments)...);
    return builder.OpBuilder::create<CastOp>(location, wide, TypeAttr::get(stored));
  }
  Value constant(StringRef name, double value) { return make<ConstantOp>(name, element, rank, value); }
};

/// Whether a number keeps its value, but for rounding, where the layer is computed.
bool isRepresentable(APFloat value, Operation *layer) {
  const bool isZero = value.isZero();
  bool losesInfo;
  value.convert(cast<FloatType>(computedIn(layer)).getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.isFinite() && value.isZero() == isZero;
}

/// Constraints c2 and c5; the others are checked where the type is inferred.
LogicalResult verifyNormalization(Operation *op, ValueRange parameters, const APFloat &eps) {
  if (parameters.size() > 2)
    return op->emitOpError() << "takes at most a scale and a shift after its input, but it has " << parameters.size()
                             << " operands there";
  if (!isRepresentable(eps, op) || eps.isNegative())
    return op->emitOpError() << "must have an eps that is not negative and representable in " << computedIn(op)
                             << ", but it is " << floatLiteral(eps);
  return success();
}

/// normalized = centred / sqrt(spread + eps), then scale and shift, where given
Value scaleAndShift(Steps &steps, Value centred, Value spread, double eps, ValueRange parameters) {
  Value shifted = steps.make<AddOp>("vareps", spread, steps.constant("eps", eps));
  Value inverse = steps.make<RsqrtOp>("ivar", shifted);
  if (parameters.empty())
    return steps.last<MulOp>(centred, inverse);
  Value normalized = steps.make<MulOp>("xhat", centred, inverse);
  if (parameters.size() == 1)
    return steps.last<MulOp>(normalized, steps.in(parameters[0]));
  Value scaled = steps.make<MulOp>("scaled", normalized, steps.in(parameters[0]));
  return steps.last<AddOp>(scaled, steps.in(parameters[1]));
}

/// y = (x - mean) / sqrt(variance + eps) scale + shift
Value expandMoments(ImplicitLocOpBuilder &builder, Operation *layer, Value x, DenseI64ArrayAttr axes, double eps,
                    ValueRange parameters) {
  Steps steps(builder, layer);
  x = steps.in(x);
  Value mean = steps.make<MeanOp>("mu", x, axes);
  Value centred = steps.make<SubOp>("xmu", x, mean);
  Value variance = steps.make<MeanOp>("var", steps.make<SquareOp>("sq", centred), axes);
  return scaleAndShift(steps, centred, variance, eps, parameters);
}

} // namespace

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

LogicalResult BatchNormOp::verify() { return verifyNormalization(*this, getParameters(), getEps()); }
LogicalResult LayerNormOp::verify() { return verifyNormalization(*this, getParameters(), getEps()); }
LogicalResult GroupNormOp::verify() { return verifyNormalization(*this, getParameters(), getEps()); }
LogicalResult InstanceNormOp::verify() { return verifyNormalization(*this, getParameters(), getEps()); }
LogicalResult RmsNormOp::verify() { return verifyNormalization(*this, getParameters(), getEps()); }

Value BatchNormOp::expand(ImplicitLocOpBuilder &builder) {
  return expandMoments(builder, *this, getInput(), getAxesAttr(), getEps().convertToDouble(), getParameters());
}
Value LayerNormOp::expand(ImplicitLocOpBuilder &builder) {
  return expandMoments(builder, *this, getInput(), getAxesAttr(), getEps().convertToDouble(), getParameters());
}
Value GroupNormOp::expand(ImplicitLocOpBuilder &builder) {
  return expandMoments(builder, *this, getInput(), getAxesAttr(), getEps().convertToDouble(), getParameters());
}
Value InstanceNormOp::expand(ImplicitLocOpBuilder &builder) {
  return expandMoments(builder, *this, getInput(), getAxesAttr(), getEps().convertToDouble(), getParameters());
}

// y = x / sqrt(mean(x^2) + eps) scale + shift
Value RmsNormOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getInput());
  Value spread = steps.make<MeanOp>("ms", steps.make<SquareOp>("sq", x), getAxesAttr());
  return scaleAndShift(steps, x, spread, getEps().convertToDouble(), getParameters());
}

//===----------------------------------------------------------------------===//
// Softmax and variance
//===----------------------------------------------------------------------===//

// y = e^(x - m) / sum of e^(x - m): without m, which cancels, e^x would overflow
Value SoftmaxOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  Value maximum = steps.make<MaxOverOp>("max", x, getAxesAttr());
  Value power = steps.make<ExpOp>("exp", steps.make<SubOp>("shifted", x, maximum));
  return steps.last<DivOp>(power, steps.make<SumOp>("sum", power, getAxesAttr()));
}

// y = x - m - log(sum of e^(x - m))
Value LogSoftmaxOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  Value maximum = steps.make<MaxOverOp>("max", x, getAxesAttr());
  Value shifted = steps.make<SubOp>("shifted", x, maximum);
  Value total = steps.make<SumOp>("sum", steps.make<ExpOp>("exp", shifted), getAxesAttr());
  return steps.last<SubOp>(shifted, steps.make<LogOp>("log", total));
}

// y = mean((x - mean(x))^2)
Value VarianceOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  Value centred = steps.make<SubOp>("xmu", x, steps.make<MeanOp>("mu", x, getAxesAttr()));
  return steps.last<MeanOp>(steps.make<SquareOp>("sq", centred), getAxesAttr());
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

static LogicalResult verifySetting(Operation *op, StringRef name, const APFloat &value) {
  if (isRepresentable(value, op))
    return success();
  return op->emitOpError() << "attribute '" << name << "' must be representable in " << computedIn(op)
                           << ", but it is " << floatLiteral(value);
}

LogicalResult LeakyReluOp::verify() { return verifySetting(*this, "slope", getSlope()); }
LogicalResult EluOp::verify() { return verifySetting(*this, "alpha", getAlpha()); }

// y = x > 0 ? x : 0
Value ReluOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  Value zero = steps.constant("zero", 0.0);
  return steps.last<SelectOp>(steps.make<CompareOp>("on", Predicate::gt, x, zero), x, zero);
}

// y = x > 0 ? x : slope x
Value LeakyReluOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  Value on = steps.make<CompareOp>("on", Predicate::gt, x, steps.constant("zero", 0.0));
  Value leak = steps.make<MulOp>("leak", steps.constant("slope", getSlope().convertToDouble()), x);
  return steps.last<SelectOp>(on, x, leak);
}

// y = x > 0 ? x : alpha (e^min(x, 0) - 1): the exponential of a large x, though not chosen, would make its gradient NaN.
// min is a select here, so that at 0 the derivative is alpha.
Value EluOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  Value zero = steps.constant("zero", 0.0);
  Value on = steps.make<CompareOp>("on", Predicate::gt, x, zero);
  Value below = steps.make<SelectOp>("below", on, zero, x);
  Value power = steps.make<ExpOp>("exp", below);
  Value curve = steps.make<SubOp>("curve", power, steps.constant("one", 1.0));
  const double alpha = getAlpha().convertToDouble();
  if (alpha != 1.0)
    curve = steps.make<MulOp>("scaled", steps.constant("alpha", alpha), curve);
  return steps.last<SelectOp>(on, x, curve);
}

// y = x sigmoid(x)
Value SiluOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  return steps.last<MulOp>(x, steps.make<SigmoidOp>("sigmoid", x));
}

// y = x/2 (1 + erf(x / sqrt(2)))
Value GeluOp::expand(ImplicitLocOpBuilder &builder) {
  Steps steps(builder, *this);
  Value x = steps.in(getOperand());
  Value scaled = steps.make<MulOp>("scaled", x, steps.constant("rsqrt2", std::sqrt(0.5)));
  Value erf = steps.make<ErfOp>("erf", scaled);
  Value twice = steps.make<AddOp>("twice", erf, steps.constant("one", 1.0));
  Value half = steps.make<MulOp>("half", steps.constant("halved", 0.5), x);
  return steps.last<MulOp>(half, twice);
}

} // namespace normc::norm
