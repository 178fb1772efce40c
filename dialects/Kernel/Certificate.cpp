//===- Certificate.cpp - the bytes that a kernel moves -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Certificate.h"
#include "dialects/Kernel/Order.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::kernel {

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

/// a b and a + b of numbers that are not negative.
static int64_t product(int64_t a, int64_t b) {
  int64_t result;
  return llvm::MulOverflow(a, b, result) ? INT64_MAX : result;
}
static int64_t sum(int64_t a, int64_t b) {
  int64_t result;
  return llvm::AddOverflow(a, b, result) ? INT64_MAX : result;
}

Bytes::Bytes(int64_t elementBytes, ArrayRef<int64_t> extents) {
  SmallVector<int64_t> symbols;
  int64_t coefficient = elementBytes;
  // An extent of 0 counts before an overflow does.
  if (llvm::is_contained(extents, 0))
    return;
  for (int64_t extent : extents)
    if (extent < 0)
      symbols.push_back(-1 - extent);
    else
      coefficient = product(coefficient, extent);
  llvm::sort(symbols);
  terms[symbols] = coefficient;
}

Bytes &Bytes::operator+=(const Bytes &other) {
  for (const auto &[symbols, coefficient] : other.terms) {
    int64_t &own = terms[symbols];
    own = sum(own, coefficient);
  }
  return *this;
}

int64_t Bytes::evaluate(ArrayRef<int64_t> values) const {
  int64_t total = 0;
  for (const auto &[symbols, coefficient] : terms) {
    int64_t term = coefficient;
    for (int64_t symbol : symbols)
      term = values[symbol] == 0 ? 0 : product(term, values[symbol]);
    total = sum(total, term);
  }
  return total;
}

std::string Bytes::toString() const {
  std::string text;
  // The constant comes last.
  for (bool constant : {false, true})
    for (const auto &[symbols, coefficient] : terms)
      if (symbols.empty() == constant) {
        text += fmt::format("{}{}", text.empty() ? "" : " + ", coefficient);
        for (int64_t symbol : symbols)
          text += fmt::format(" * n{}", symbol);
      }
  return text.empty() ? "0" : text;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

static int64_t storageBytes(Type element) {
  return std::max<int64_t>(1, element.getIntOrFloatBitWidth() / 8);
}

std::string operandName(Value tensor, KernelOp reader) {
  auto plan = cast<PlanOp>(reader->getParentOp());
  auto text = [](StringAttr name) { return name ? name.str() : "?"; };
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return text(plan.getArgAttrOfType<StringAttr>(argument.getArgNumber(), nameAttr));
  for (OpOperand &use : tensor.getUses())
    if (isa<ReturnOp>(use.getOwner()) && use.getOperandNumber() < plan.getNumResults())
      return text(plan.getResultAttrOfType<StringAttr>(use.getOperandNumber(), nameAttr));
  Operation *kernel = tensor.getDefiningOp();
  auto written = kernel ? kernel->getAttrOfType<StringAttr>("name") : StringAttr();
  if (!written)
    return "?";
  // A collective is named after all that it merges.
  std::string name = written.getValue().split(',').first.str();
  return kernel->getNumResults() == 1 ? name : fmt::format("{}#{}", name, cast<OpResult>(tensor).getResultNumber());
}

namespace {

using Axes = llvm::SmallSet<int64_t, 8>;

/// The places at which one operand is loaded: each sweep, or null for what is outside of sweeps.
using Places = llvm::MapVector<Value, llvm::SmallSetVector<Operation *, 4>>;

class Certifier {
public:
  explicit Certifier(KernelOp kernel)
      : kernel(kernel), joined(joinedAxes(kernel)), isResident(kernel->hasAttr(residentAttr)) {}

  Certificate run() {
    Places places;
    kernel.walk([&](LoadOp load) { places[load.getTensor()].insert(load->getParentOfType<SweepOp>().getOperation()); });
    for (const auto &[tensor, sweeps] : places)
      addInput(tensor, sweeps.getArrayRef());
    for (Value tensor : kernel.getTensors()) {
      Bytes size = bytes(tensor, [](int64_t) { return true; });
      certificate.streamed.push_back({tensor, operandName(tensor, kernel), 0, {}, size});
      certificate.minimumWritten += size;
    }
    return std::move(certificate);
  }

private:
  /// The bytes of the elements that `tensor` has along those axes that `counts`.
  Bytes bytes(Value tensor, llvm::function_ref<bool(int64_t axis)> counts) {
    auto type = cast<RankedTensorType>(tensor.getType());
    SmallVector<int64_t> extents;
    for (auto [axis, extent] : llvm::enumerate(kernel.getSpace()))
      if (type.getDimSize(axis) != 1 && counts(axis))
        extents.push_back(extent);
    return Bytes(storageBytes(type.getElementType()), extents);
  }

  void addInput(Value tensor, ArrayRef<Operation *> places) {
    auto type = cast<RankedTensorType>(tensor.getType());
    // P lies within V
    const bool isStreamed = llvm::all_of(
        kernel.getParallel(), [&](int64_t axis) { return kernel.getSpace()[axis] == 1 || type.getDimSize(axis) != 1; });
    auto isParallel = [&](int64_t axis) { return llvm::is_contained(kernel.getParallel(), axis); };
    Axes swept;
    Bytes each, bound;
    bool isCut = false;
    for (Operation *place : places) {
      ArrayRef<int64_t> axes = place ? cast<SweepOp>(place).getAxes() : ArrayRef<int64_t>();
      swept.insert(axes.begin(), axes.end());
      // elements(P + A within V)
      each += bytes(tensor, [&](int64_t axis) { return isParallel(axis) || llvm::is_contained(axes, axis); });
      const std::optional<SmallVector<int64_t>> pieces = piecesOf(type, axes);
      isCut |= pieces.has_value();
      bound += visits(tensor, axes, pieces.value_or(SmallVector<int64_t>()));
    }
    Bytes once = bytes(tensor, [&](int64_t axis) { return isParallel(axis) || swept.contains(axis); });
    certificate.minimumRead += once;
    if (!isStreamed || isCut) {
      certificate.reused.push_back({tensor, operandName(tensor, kernel), once, bound});
      // The pieces of one run share one element.
      certificate.kept += isStreamed ? Bytes(storageBytes(type.getElementType()), {}) : once;
      return;
    }
    const bool isKept = isResident && places.size() > 1;
    if (isKept)
      certificate.kept += bytes(tensor, [&](int64_t axis) { return swept.contains(axis); });
    certificate.streamed.push_back({tensor, operandName(tensor, kernel), unsigned(places.size()), isKept ? once : each, {}});
  }

  /// Where `tensor` is read once for each run that a sweep visits, and runs are cut, or may be: how many pieces a run has, at most,
  /// as a product of extents. There are no more pieces than points.
  std::optional<SmallVector<int64_t>> piecesOf(RankedTensorType type, ArrayRef<int64_t> sweptAxes) {
    if (joined.empty() || joined.back().isParallel || varies(type, joined.back()))
      return std::nullopt;
    const bool isOfRun = llvm::any_of(sweptAxes, [&](int64_t axis) { return type.getDimSize(axis) != 1; });
    const int64_t length = staticExtent(kernel, joined.back());
    if (!isOfRun || (length >= 0 && length <= chunkElements))
      return std::nullopt;
    if (length > 0)
      return SmallVector<int64_t>{(length + chunkElements - 1) / chunkElements};
    return extentsOf(kernel, joined.back());
  }

  /// The bytes that all parallel points read at one place: elements(P) elements(A within V), for each of some pieces.
  Bytes visits(Value tensor, ArrayRef<int64_t> sweptAxes, ArrayRef<int64_t> pieces) {
    auto type = cast<RankedTensorType>(tensor.getType());
    SmallVector<int64_t> extents(pieces);
    for (int64_t axis : kernel.getParallel())
      extents.push_back(kernel.getSpace()[axis]);
    for (int64_t axis : sweptAxes)
      if (type.getDimSize(axis) != 1)
        extents.push_back(kernel.getSpace()[axis]);
    return Bytes(storageBytes(type.getElementType()), extents);
  }

  KernelOp kernel;
  SmallVector<JoinedAxis> joined;
  bool isResident;
  Certificate certificate;
};

} // namespace

Certificate certify(KernelOp kernel) {
  return Certifier(kernel).run();
}

Bytes Certificate::read() const {
  Bytes total;
  for (const StreamedOperand &operand : streamed)
    total += operand.read;
  for (const ReusedOperand &operand : reused)
    total += operand.once;
  return total;
}

Bytes Certificate::written() const {
  Bytes total;
  for (const StreamedOperand &operand : streamed)
    total += operand.written;
  return total;
}

DictionaryAttr toAttribute(const Certificate &certificate, MLIRContext *context) {
  Builder builder(context);
  SmallVector<Attribute> streamed, reused;
  for (const StreamedOperand &operand : certificate.streamed) {
    std::string text = operand.sweeps ? fmt::format("{}: {} read", operand.name, operand.read.toString())
                                      : fmt::format("{}: {} written", operand.name, operand.written.toString());
    if (operand.sweeps > 1)
      text += fmt::format(" in {} sweeps", operand.sweeps);
    streamed.push_back(builder.getStringAttr(text));
  }
  for (const ReusedOperand &operand : certificate.reused)
    reused.push_back(builder.getStringAttr(
        fmt::format("{}: {} read, at most {}", operand.name, operand.once.toString(), operand.bound.toString())));
  NamedAttrList entries;
  auto add = [&](StringRef name, const std::string &text) { entries.append(name, builder.getStringAttr(text)); };
  entries.append("streamed", builder.getArrayAttr(streamed));
  if (!reused.empty())
    entries.append("reused", builder.getArrayAttr(reused));
  add("read", certificate.read().toString());
  add("written", certificate.written().toString());
  add("minimum_read", certificate.minimumRead.toString());
  add("minimum_written", certificate.minimumWritten.toString());
  add("cache", certificate.cache().str());
  if (certificate.cache() != "none")
    add("kept", certificate.kept.toString());
  return entries.getDictionary(context);
}

LogicalResult verifyCertificate(KernelOp kernel) {
  Attribute carried = kernel->getAttr(certificateAttr);
  if (!carried)
    return success();
  // What the kernel moves can only be said where its accesses are named.
  DictionaryAttr own = toAttribute(certify(kernel), kernel.getContext());
  if (carried == own)
    return success();
  InFlightDiagnostic error = kernel.emitOpError()
                             << "carries the certificate " << carried << ", but its loads and stores come to " << own;
  error.attachNote() << "certificates are computed: take it away, or run certify-kernels";
  return error;
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

Traffic trafficOf(PlanOp plan) {
  Traffic traffic;
  for (auto kernel : plan.getBody().front().getOps<KernelOp>()) {
    Certificate certificate = certify(kernel);
    traffic.read += certificate.read();
    traffic.written += certificate.written();
  }
  auto size = [](Type type, DictionaryAttr attributes) {
    return Bytes(storageBytes(cast<RankedTensorType>(type).getElementType()),
                 attributes.getAs<DenseI64ArrayAttr>(extentsAttr).asArrayRef());
  };
  for (BlockArgument argument : plan.getArguments())
    if (!argument.use_empty())
      traffic.minimumRead += size(argument.getType(), plan.getArgAttrDict(argument.getArgNumber()));
  for (unsigned i = 0; i < plan.getNumResults(); ++i)
    traffic.minimumWritten += size(plan.getResultTypes()[i], plan.getResultAttrDict(i));
  return traffic;
}

} // namespace normc::kernel
