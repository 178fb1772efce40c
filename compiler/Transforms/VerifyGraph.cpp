//===- VerifyGraph.cpp - check what no single op can see -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_VERIFYGRAPH
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// The first attribute of `op` that is neither inherent nor norm's.
LogicalResult hasOnlyDeclaredAttributes(Operation *op) {
  for (NamedAttribute attribute : op->getDiscardableAttrs())
    if (!attribute.getName().strref().starts_with("norm."))
      return op->emitError() << "attribute '" << attribute.getName().getValue() << "' is not one of "
                             << op->getName().getStringRef();
  return success();
}

LogicalResult hasOnlyDeclaredAttributes(func::FuncOp function, DictionaryAttr attributes, const Twine &place) {
  for (NamedAttribute attribute : attributes ? attributes.getValue() : ArrayRef<NamedAttribute>())
    if (!attribute.getName().strref().starts_with("norm."))
      return function.emitError() << "attribute '" << attribute.getName().getValue() << "' on " << place.str()
                                  << " is not one of norm's";
  return success();
}

/// All that a process can address; products of extents that stay below it cannot overflow anywhere.
constexpr int64_t mostBytes = int64_t(1) << 47;

bool isAddressable(RankedTensorType type) {
  int64_t bytes = std::max(1u, type.getElementTypeBitWidth() / 8);
  for (int64_t extent : type.getShape())
    if (!ShapedType::isDynamic(extent) &&
        (llvm::MulOverflow(bytes, std::max<int64_t>(1, extent), bytes) || bytes >= mostBytes))
      return false;
  return true;
}

/// Checks that a value is a tensor of the rank that the values before it have, and can be addressed.
class RankCheck {
public:
  LogicalResult operator()(Location location, const Twine &what, Type type) {
    if (!norm::isValue(type)) {
      InFlightDiagnostic error = emitError(location) << what.str() << " must be a tensor of rank 1 to " << norm::maxRank
                                                     << " of f16, bf16, f32, f64, i32, i64 or i1, but it is " << type;
      return error;
    }
    if (!isAddressable(cast<RankedTensorType>(type)))
      return emitError(location) << what.str() << " must have fewer than 2^47 bytes, which is all that a process can "
                                 << "address, but its type is " << type;
    int64_t its = cast<RankedTensorType>(type).getRank();
    if (rank == 0)
      rank = its;
    if (its == rank)
      return success();
    InFlightDiagnostic error = emitError(location) << "values of a function must have one rank, but " << what.str()
                                                   << " has rank " << its << " where the values before it have " << rank;
    error.attachNote() << "write an extent of 1 for an axis along which a value does not vary";
    return error;
  }

private:
  int64_t rank = 0;
};

} // namespace

LogicalResult isGraph(func::FuncOp function) {
  if (function.isExternal()) {
    InFlightDiagnostic error = function.emitError() << "function @" << function.getSymName() << " has no body";
    error.attachNote() << "a graph is compiled as a whole, so every function of it must be written out";
    return error;
  }
  if (failed(hasOnlyDeclaredAttributes(function)))
    return failure();
  if (!function.getBody().hasOneBlock())
    return function.emitError() << "function @" << function.getSymName() << " must be straight-line, but it has "
                                << function.getBody().getBlocks().size() << " blocks";
  if (function.getNumResults() == 0)
    return function.emitError() << "function @" << function.getSymName() << " returns nothing";
  RankCheck check;
  for (auto [index, argument] : llvm::enumerate(function.getArguments()))
    if (failed(check(argument.getLoc(), "argument " + Twine(index), argument.getType())) ||
        failed(hasOnlyDeclaredAttributes(function, function.getArgAttrDict(index), "argument " + Twine(index))))
      return failure();
  for (unsigned index = 0; index < function.getNumResults(); ++index)
    if (failed(hasOnlyDeclaredAttributes(function, function.getResultAttrDict(index), "result " + Twine(index))))
      return failure();
  for (Operation &op : function.getBody().front()) {
    if (failed(hasOnlyDeclaredAttributes(&op)))
      return failure();
    if (isa<func::ReturnOp>(op))
      continue;
    const bool isAcross = isa<norm::MergeOp, norm::RankOp>(op) && function->hasAttr(norm::distributedAttr);
    if (!isAcross && !isa<norm::AdjointOpInterface, norm::LayerOpInterface>(op)) {
      InFlightDiagnostic error = op.emitError() << "a graph consists of norm's ops, but this is " << op.getName();
      error.attachNote() << "the ops are listed in dialects/Norm/README.md";
      return error;
    }
    for (Value result : op.getResults())
      if (failed(check(op.getLoc(), "the result", result.getType())))
        return failure();
  }
  return success();
}

namespace {

struct VerifyGraphPass : impl::VerifyGraphBase<VerifyGraphPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(hasOnlyDeclaredAttributes(module)))
      return signalPassFailure();
    bool any = false;
    for (Operation &op : *module.getBody()) {
      auto function = dyn_cast<func::FuncOp>(op);
      if (!function && !isa<norm::GradientOp>(op)) {
        op.emitError() << "a file holds functions and gradients, but this is " << op.getName();
        return signalPassFailure();
      }
      if (function && function->hasAttr(norm::distributedAttr)) {
        function.emitError() << "attribute '" << norm::distributedAttr << "' is written by passes, not by users";
        return signalPassFailure();
      }
      if (function && (failed(isGraph(function)) || failed(verifySharding(function))))
        return signalPassFailure();
      any |= bool(function);
    }
    if (!any) {
      InFlightDiagnostic error = module.emitError() << "the file has no function";
      error.attachNote() << "write func.func @name(%x: tensor<..>) -> tensor<..> { .. }";
      return signalPassFailure();
    }
  }
};

} // namespace
} // namespace normc
