//===- EmitReport.h - one page about what a file comes to ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_REPORT_EMITREPORT_H
#define NORMC_COMPILER_BACKENDS_REPORT_EMITREPORT_H

#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace normc::report {

/// The text of a stage, as it is printed elsewhere.
struct StageText {
  std::string name;        ///< one word, by which the page refers to it
  std::string explanation; ///< a sentence
  std::string text;
};

/// One HTML page, well-formed as XML, that needs no other file and no script: what each gradient saves, what each
/// kernel computes and the bytes that it moves beside the least that any would, and the texts of the stages.
/// `closedForm` and `kernels` are the module at these stages.
std::string emitReport(llvm::StringRef title, mlir::ModuleOp closedForm, mlir::ModuleOp kernels,
                       llvm::ArrayRef<StageText> stages);

} // namespace normc::report

#endif // NORMC_COMPILER_BACKENDS_REPORT_EMITREPORT_H
