//===- Materialize.cpp - forms as graphs again ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/Materialize.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::algebra {

Materializer::Materializer(NormalForm &forms, const Graph &graph, ImplicitLocOpBuilder &builder)
    : forms(forms), table(forms.table), function(graph.function), classes(graph.classes), emptySums(graph),
      emptyMeans(graph, emptySums), builder(builder) {
  auto consider = [&](Value value) {
    auto element = dyn_cast<FloatType>(getElementTypeOrSelf(value));
    if (element && (!wide || element.getWidth() > wide.getWidth()))
      wide = element;
    if (StringRef text = norm::nameOf(value); !text.empty())
      names.try_emplace(forms.formOf(value), text);
  };
  for (BlockArgument argument : function.getArguments()) {
    consider(argument);
    if (!function.getArgAttr(argument.getArgNumber(), norm::cotangentAttr))
      own.push_back(argument);
  }
  for (Operation &op : function.getBody().front().without_terminator())
    consider(op.getResult(0));
  // 16-bit types are computed in f32.
  if (!wide || wide.getWidth() < 32)
    wide = builder.getF32Type();
}

//===----------------------------------------------------------------------===//
// Numbers and names
//===----------------------------------------------------------------------===//

Value Materializer::number(double value) { return make<norm::ConstantOp>(wide, table.rank, value); }

/// The nearest number of the type and, in f32, what that leaves: 48 bits of it.
Value Materializer::precise(double value) {
  if (wide.isF64() || std::fabs(value) > std::numeric_limits<float>::max())
    return number(value);
  const auto nearest = float(value);
  const auto rest = float(value - double(nearest));
  return rest == 0.0f ? number(nearest) : make<norm::AddOp>(number(nearest), number(rest));
}

Value Materializer::widen(Value value) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(value));
  return !element || element == wide ? value : make<norm::CastOp>(value, TypeAttr::get(wide));
}

DenseI64ArrayAttr Materializer::axesOf(Axes axes) {
  SmallVector<int64_t> list;
  for (int64_t axis = 0; axis < table.rank; ++axis)
    if (axes >> axis & 1)
      list.push_back(axis);
  return builder.getDenseI64ArrayAttr(list);
}

Value Materializer::name(Value value, Form form) {
  Operation *op = value.getDefiningOp();
  auto found = names.find(form);
  if (op && found != names.end() && norm::nameOf(op->getLoc()).empty())
    op->setLoc(norm::named(found->second, op->getLoc()));
  return value;
}

//===----------------------------------------------------------------------===//
// Forms
//===----------------------------------------------------------------------===//

Value Materializer::build(Form form) {
  if (auto found = built.find(form); found != built.end())
    return found->second;
  const Terms rejoined = forms.rejoined(table.terms(form));
  SmallVector<Term> terms(rejoined.begin(), rejoined.end());
  Value value = name(buildTerms(terms), form);
  return built[form] = value;
}

/// sum of c_w(narrower terms) w over the different products w of widest atoms
Value Materializer::buildTerms(ArrayRef<Term> terms) {
  if (terms.empty())
    return number(0.0);
  if (terms.size() == 1)
    return buildProduct(terms[0].first, terms[0].second);
  Axes widest = 0;
  for (const Term &term : terms)
    for (Factor factor : term.first) {
      Axes axes = table.atomAxes(factor.atom);
      if (llvm::popcount(axes) > llvm::popcount(widest))
        widest = axes;
    }
  // By their widest factors; the narrower terms, which have none, come last.
  std::map<Monomial, SmallVector<Term>, std::greater<>> groups;
  for (const Term &term : terms) {
    Monomial product, rest;
    for (Factor factor : term.first)
      (widest && table.atomAxes(factor.atom) == widest ? product : rest).push_back(factor);
    groups[product].emplace_back(rest, term.second);
  }
  Value sum;
  for (auto &[product, rest] : groups) {
    // a - b reads better than a + (-b).
    bool negative = sum && llvm::all_of(rest, [](const Term &term) { return term.second < Rational(0); });
    if (negative)
      for (Term &term : rest)
        term.second = -term.second;
    SmallVector<Value> parts;
    if (product.empty() && groups.size() == 1) {
      for (const Term &term : rest)
        parts.push_back(buildProduct(term.first, term.second));
    } else {
      Value part;
      if (rest.size() == 1 && !product.empty()) {
        part = buildProduct(algebra::product(product, rest[0].first), rest[0].second);
      } else {
        part = buildTerms(rest);
        if (!product.empty())
          part = make<norm::MulOp>(buildProduct(product, Rational(1)), part);
      }
      parts.push_back(part);
    }
    for (Value part : parts)
      sum = !sum ? part : negative ? make<norm::SubOp>(sum, part) : make<norm::AddOp>(sum, part);
  }
  return sum;
}

/// (numerator of what is narrow .. wide) / (denominator)
Value Materializer::buildProduct(const Monomial &monomial, const Rational &coefficient) {
  SmallVector<std::pair<unsigned, Value>> numerator, denominator;
  const std::optional<SumInside> inside = sumInside(table, monomial);
  if (inside)
    numerator.emplace_back(llvm::popcount(table.atomAxes(inside->mean)), buildSum(inside->mean));
  for (Factor factor : inside ? inside->rest : monomial) {
    bool divides = factor.exponent < 0 && factor.exponent % one == 0 && table[factor.atom].kind != AtomKind::root;
    Value value = buildPower(divides ? Factor{factor.atom, -factor.exponent} : factor);
    (divides ? denominator : numerator).emplace_back(llvm::popcount(table.atomAxes(factor.atom)), value);
  }
  // A fraction that the type holds is one number; a small one is divided, so that nothing is rounded before it need be.
  Rational c = mlir::presburger::reduce(inside ? coefficient / inside->count : coefficient);
  const double quotient = toDouble(c), rounded = wide.isF64() ? quotient : double(float(quotient));
  const llvm::DynamicAPInt limit(int64_t(1) << (wide.isF64() ? 53 : 24));
  if (std::isfinite(rounded) && rationalOf(rounded) == c) {
    if (quotient != 1.0)
      numerator.insert(numerator.begin(), {0u, number(quotient)});
  } else if (abs(c.num) < limit && c.den < limit) {
    if (c.num != llvm::DynamicAPInt(1))
      numerator.insert(numerator.begin(), {0u, number(double(int64_t(c.num)))});
    denominator.insert(denominator.begin(), {0u, number(double(int64_t(c.den)))});
  } else {
    numerator.insert(numerator.begin(), {0u, precise(quotient)});
  }
  auto multiply = [&](SmallVector<std::pair<unsigned, Value>> &factors) -> Value {
    llvm::stable_sort(factors, llvm::less_first());
    Value product;
    for (auto &[width, value] : factors)
      product = product ? make<norm::MulOp>(product, value) : value;
    return product;
  };
  // What is narrow is divided before it meets what is wide.
  if (!denominator.empty() && !numerator.empty()) {
    unsigned width = 0;
    for (auto &[w, value] : denominator)
      width = std::max(width, w);
    SmallVector<std::pair<unsigned, Value>> narrow, rest;
    for (auto &entry : numerator)
      (entry.first <= width ? narrow : rest).push_back(entry);
    if (narrow.empty() && rest.size() > 1)
      narrow.push_back(rest.pop_back_val());
    if (!narrow.empty() && !rest.empty()) {
      Value divided = make<norm::DivOp>(multiply(narrow), multiply(denominator));
      rest.insert(rest.begin(), {width, divided});
      return multiply(rest);
    }
  }
  Value top = multiply(numerator), bottom = multiply(denominator);
  if (!bottom)
    return top ? top : number(1.0);
  return top ? make<norm::DivOp>(top, bottom) : make<norm::ReciprocalOp>(bottom);
}

/// a^(k/2) from one square root, a^k from products; other exponents by norm.pow
Value Materializer::buildPower(Factor factor) {
  if (factor.exponent == one)
    return buildAtom(factor.atom);
  if (auto found = powers.find(factor); found != powers.end())
    return found->second;
  const AtomData &data = table[factor.atom];
  const bool isRoot = data.kind == AtomKind::root && data.symbol == 2;
  const Exponent magnitude = std::abs(factor.exponent);
  Value value;
  // The unit whose power this is: a, sqrt a, 1/sqrt a, or 1/a.
  Exponent unit = magnitude % one == 0 ? one : one / 2;
  if (magnitude % unit != 0 || magnitude / unit > 64) {
    value = make<norm::PowOp>(buildAtom(factor.atom), number(double(factor.exponent) / one));
  } else if (magnitude == unit) {
    if (factor.exponent == -one && isRoot)
      value = make<norm::RsqrtOp>(build(data.parts[0]));
    else if (factor.exponent < 0)
      value = unit == one ? make<norm::ReciprocalOp>(buildAtom(factor.atom))
                          : make<norm::RsqrtOp>(buildAtom(factor.atom));
    else
      value = make<norm::SqrtOp>(buildAtom(factor.atom));
  } else {
    const Exponent sign = factor.exponent < 0 ? -1 : 1, count = magnitude / unit;
    Value half = buildPower({factor.atom, sign * unit * (count / 2)});
    value = make<norm::SquareOp>(half);
    if (count % 2)
      value = make<norm::MulOp>(value, buildPower({factor.atom, sign * unit}));
  }
  name(value, forms.ofAtom(factor.atom, factor.exponent));
  return powers[factor] = value;
}

//===----------------------------------------------------------------------===//
// Atoms
//===----------------------------------------------------------------------===//

Value Materializer::buildAtom(Atom atom) {
  if (auto found = atoms.find(atom); found != atoms.end())
    return found->second;
  const AtomData data = table[atom];
  Value value;
  switch (data.kind) {
  case AtomKind::value:
  case AtomKind::function:
    value = buildFunction(data);
    break;
  case AtomKind::count:
    value = buildCount(data.symbol);
    break;
  case AtomKind::root:
    value = data.symbol == 2 ? make<norm::SqrtOp>(build(data.parts[0]))
                             : make<norm::PowOp>(build(data.parts[0]), number(1.0 / double(data.symbol)));
    break;
  case AtomKind::sum:
    value = make<norm::SumOp>(buildProduct(data.inner, Rational(1)), axesOf(data.axes));
    break;
  case AtomKind::select:
    value = make<norm::SelectOp>(build(data.parts[0]), build(data.parts[1]), build(data.parts[2]));
    break;
  case AtomKind::whole:
    value = build(data.parts[0]);
    break;
  case AtomKind::mean: {
    Value base = buildAtom(data.base);
    if (data.inner.empty()) {
      value = make<norm::MeanOp>(base, axesOf(data.axes));
    } else {
      Value weight = buildProduct(data.inner, Rational(1));
      Value product = make<norm::MulOp>(weight, base);
      // A weight that does not vary with the value is repeated, so it is summed over the same points.
      std::optional<Atom> known = table.extents(data.inner) == table[data.base].extents ? table.findSum(data.inner, data.axes) : std::nullopt;
      Value points = known ? buildAtom(*known) : make<norm::SumOp>(make<norm::BroadcastOp>(weight, product), axesOf(data.axes));
      value = make<norm::DivOp>(make<norm::SumOp>(product, axesOf(data.axes)), points);
    }
    break;
  }
  case AtomKind::deviation:
    value = make<norm::SubOp>(buildAtom(data.base), buildAtom(data.mean));
    break;
  }
  name(value, forms.ofAtom(atom));
  return atoms[atom] = value;
}

/// sum(x), of the atom that is its mean
Value Materializer::buildSum(Atom mean) {
  if (auto found = sums.find(mean); found != sums.end())
    return found->second;
  Value base = buildAtom(table[mean].base);
  return sums[mean] = make<norm::SumOp>(base, axesOf(table[mean].axes));
}

/// An op of values that are built; an argument; a position.
Value Materializer::buildFunction(const AtomData &atom) {
  if (isa<BlockArgument>(atom.value))
    return widen(atom.value);
  Operation *op = atom.value.getDefiningOp();
  SmallVector<Value> operands;
  if (atom.kind == AtomKind::value)
    for (Value operand : op->getOperands())
      operands.push_back(likeness(operand));
  for (Form part : atom.parts)
    operands.push_back(build(part));
  OperationState state(builder.getLoc(), op->getName(), operands, {}, op->getAttrs());
  SmallVector<Type> types;
  auto inferred = cast<InferTypeOpInterface>(op);
  if (isa<norm::ConstantOp>(op) ||
      failed(inferred.inferReturnTypes(op->getContext(), op->getLoc(), operands, op->getAttrDictionary(),
                                       op->getPropertiesStorage(), {}, types)))
    types.assign(1, atom.value.getType());
  state.addTypes(types);
  return widen(builder.create(state)->getResult(0));
}

/// The extent that a symbol stands for, of an argument that has it.
Value Materializer::buildCount(int64_t symbol) {
  for (BlockArgument argument : own)
    for (auto [axis, extent] : llvm::enumerate(classes.extentsOf(argument)))
      if (extent == -1 - symbol)
        return make<norm::CountOp>(argument, builder.getDenseI64ArrayAttr({int64_t(axis)}), TypeAttr::get(wide));
  llvm_unreachable("a symbol is an extent of some argument");
}

/// A value with the extents of `original`, of which only these are read.
Value Materializer::likeness(Value original) {
  auto type = cast<RankedTensorType>(original.getType());
  for (BlockArgument argument : own)
    if (cast<RankedTensorType>(argument.getType()).getShape() == type.getShape() &&
        classes.extentsOf(argument) == classes.extentsOf(original))
      return argument;
  // No argument has all of them: positions along each axis, of arguments that have one each.
  SmallVector<int64_t> wanted = classes.extentsOf(original);
  Value sum = make<norm::ConstantOp>(builder.getF32Type(), table.rank, 0.0);
  for (int64_t axis = 0; axis < table.rank; ++axis) {
    if (type.getDimSize(axis) == 1)
      continue;
    for (BlockArgument argument : own)
      if (classes.extentsOf(argument)[axis] == wanted[axis] &&
          cast<RankedTensorType>(argument.getType()).getDimSize(axis) == type.getDimSize(axis)) {
        Value index = make<norm::IndexOp>(argument, builder.getI64IntegerAttr(axis), TypeAttr::get(builder.getF32Type()));
        sum = make<norm::AddOp>(sum, index);
        break;
      }
  }
  return sum;
}

/// n = 0 ? otherwise : a, n the number of points along axes with these symbols
Value Materializer::whereEmpty(ArrayRef<int64_t> symbols, double otherwise, Value value, Value original) {
  Value points;
  for (int64_t symbol : symbols) {
    Value count = buildCount(symbol);
    points = points ? make<norm::MulOp>(points, count) : count;
  }
  if (!points)
    return value;
  Value isEmpty = make<norm::CompareOp>(norm::Predicate::eq, points, number(0.0));
  // The name belongs to what is returned.
  if (Operation *op = value.getDefiningOp(); op && norm::nameOf(value) == norm::nameOf(original))
    op->setLoc(builder.getLoc());
  return make<norm::SelectOp>(isEmpty, number(otherwise), value);
}

/// What the original was of nothing, where its form is not that.
Value Materializer::guard(Value value, Value original) {
  if (!isa<FloatType>(getElementTypeOrSelf(original)))
    return value;
  const Form form = forms.formOf(original);
  SmallVector<int64_t> zero, undefined;
  for (int64_t symbol : emptySums.symbolsOf(original))
    if (mayBeUndefined(table, form, symbol))
      zero.push_back(symbol);
  // Of nothing, a value that varies along that axis has no element.
  const SmallVector<int64_t> extents = classes.extentsOf(original);
  for (int64_t symbol : emptyMeans.symbolsOf(original))
    if (!llvm::is_contained(extents, -1 - symbol) && !isUndefined(forms, form, symbol))
      undefined.push_back(symbol);
  value = whereEmpty(zero, 0.0, value, original);
  return whereEmpty(undefined, std::numeric_limits<double>::quiet_NaN(), value, original);
}

Value Materializer::result(Value original) {
  Value value = guard(build(forms.formOf(original)), original);
  auto type = cast<RankedTensorType>(original.getType());
  if (isa<FloatType>(type.getElementType()) && getElementTypeOrSelf(value) != type.getElementType())
    value = make<norm::CastOp>(value, TypeAttr::get(type.getElementType()));
  if (value.getType() != type)
    value = make<norm::BroadcastOp>(value, likeness(original));
  if (Operation *op = value.getDefiningOp(); op && norm::nameOf(op->getLoc()).empty())
    if (StringRef text = norm::nameOf(original); !text.empty())
      op->setLoc(norm::named(text, op->getLoc()));
  return value;
}

} // namespace normc::algebra
