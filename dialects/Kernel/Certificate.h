//===- Certificate.h - the bytes that a kernel moves ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_CERTIFICATE_H
#define NORMC_DIALECTS_KERNEL_CERTIFICATE_H

#include "dialects/Kernel/KernelDialect.h"

#include <map>
#include <string>

namespace normc::kernel {

/// On a kernel, unit: what its dependent sweeps read again they find on chip.
inline constexpr llvm::StringLiteral residentAttr = "kernel.resident";
/// On a kernel: its certificate. The verifier refuses one that is not what the kernel's accesses come to.
inline constexpr llvm::StringLiteral certificateAttr = "kernel.certificate";

/// A number of bytes per call: a sum of integers times extent symbols of the plan. What exceeds 64 bits stays at the
/// largest number.
class Bytes {
public:
  Bytes() = default;
  /// elementBytes * the product of the extents, of which -1 - k is symbol k.
  Bytes(int64_t elementBytes, llvm::ArrayRef<int64_t> extents);

  Bytes &operator+=(const Bytes &other);
  friend Bytes operator+(Bytes a, const Bytes &b) { return a += b; }
  friend bool operator==(const Bytes &a, const Bytes &b) { return a.terms == b.terms; }

  /// The number for the given values of the symbols.
  int64_t evaluate(llvm::ArrayRef<int64_t> symbols) const;
  /// `768 * n0 + 512`
  std::string toString() const;

  /// By the symbols of a product, ascending, each as often as it is a factor: its coefficient, which is not 0.
  using Terms = std::map<llvm::SmallVector<int64_t>, int64_t>;
  const Terms &getTerms() const { return terms; }

private:
  Terms terms;
};

/// An operand of which each point of the parallel axes has a part of its own: its bytes are exact.
struct StreamedOperand {
  mlir::Value tensor;
  std::string name;
  unsigned sweeps = 0; ///< how many sweeps read it; loads outside of sweeps are one more
  Bytes read, written;
};

/// An operand that several points of the parallel axes read, or several pieces of a run that is cut: it comes from memory once as long as a cache keeps it.
struct ReusedOperand {
  mlir::Value tensor;
  std::string name;
  Bytes once;  ///< its own size
  Bytes bound; ///< where no cache keeps anything from one parallel point, or one sweep, to the next
};

/// What one call of a kernel moves between memory and chip.
struct Certificate {
  llvm::SmallVector<StreamedOperand> streamed;
  llvm::SmallVector<ReusedOperand> reused;
  /// What a cache must hold: the part of one parallel point that its sweeps read again, and the reused operands.
  Bytes kept;
  /// What any kernel with these outputs moves at least: each input read once, each output written once.
  Bytes minimumRead, minimumWritten;

  /// The streamed operands, and the reused ones once.
  Bytes read() const;
  Bytes written() const;
  /// The cache whose size this relies on: "L2", the cores' own, or "none".
  llvm::StringRef cache() const { return kept == Bytes() ? "none" : "L2"; }
};

/// The name of a tensor to a reader of a kernel: the user's, or that of the kernel that made it, with its number where that has several
/// results. The plan may not be verified yet.
std::string operandName(mlir::Value tensor, KernelOp reader);

/// Reads a kernel's certificate off its loads and stores.
///
/// With P the parallel axes of the kernel, A the axes of a sweep (none for a load outside of sweeps) and V the axes
/// along which the operand varies, the sweep visits elements(P + A within V). If P lies within V, parallel points share
/// nothing and the operand is streamed; it is read once for each sweep, or once in all if the kernel is resident.
/// Otherwise it is reused, and so is what the pieces share of a run that is longer than a chunk: an operand that varies
/// along A, but not along the last axis.
Certificate certify(KernelOp kernel);

/// A certificate for a reader: a dictionary of formulas.
mlir::DictionaryAttr toAttribute(const Certificate &certificate, mlir::MLIRContext *context);

/// That a kernel's certificate, where it carries one, is its own.
llvm::LogicalResult verifyCertificate(KernelOp kernel);

/// What one call of a plan moves: the kernels' certificates together; at least, each argument that is read once and
/// each result once.
struct Traffic {
  Bytes read, written, minimumRead, minimumWritten;
};
Traffic trafficOf(PlanOp plan);

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_CERTIFICATE_H
