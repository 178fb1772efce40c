//===- Report.cpp - a file and all that it comes to, as one page -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Report.h"
#include "compiler/Backends/Cpp/EmitCpp.h"
#include "compiler/Backends/Derivation/EmitDerivation.h"
#include "compiler/Backends/Report/EmitReport.h"
#include "compiler/Tools/GpuModule.h"

using namespace mlir;

namespace normc {

FailureOr<std::string> makeReport(Compilation &compilation, StringRef title, StringRef target) {
  // Copies, as the module itself goes on to the kernels.
  OwningOpRef<ModuleOp> graph, gradient, steps, closedForm;
  for (auto [stage, copy] : {std::pair(Stage::graph, &graph), {Stage::gradient, &gradient}, {Stage::derivation, &steps},
                             {Stage::closedForm, &closedForm}})
    if (*copy = compilation.runOnCopy(stage); !*copy)
      return failure();
  if (failed(compilation.run(Stage::kernels)))
    return failure();
  FailureOr<std::string> derivation = derivation::emitDerivation(*steps, derivation::Format::text);
  if (failed(derivation))
    return failure();
  ModuleOp kernels = compilation.getModule();
  std::vector<report::StageText> stages{
      {"graph", "What was written, checked, with layers expanded.", printModule(*graph)},
      {"gradient", "Each gradient by the chain rule, step by step.", printModule(*gradient)},
      {"derivation", "Each step from the chain rule to the closed form, with its rule.", std::move(*derivation)},
      {"closed-form", "Collapsed by algebra, and cut into what runs forward and what runs backward.",
       printModule(*closedForm)},
      {"kernels", "Plans of kernels: their sweeps, and the bytes that they are certified to move.",
       printModule(kernels)},
      {"cpp", "The kernels for a processor, as C++17.", cpp::emitCpp(kernels).text}};
  if (target != "cpu") {
    llvm::Expected<std::string> ptx = emitGpuText(kernels, target, GpuText::ptx);
    if (!ptx) {
      llvm::errs() << "normc: error: " << toString(ptx.takeError()) << '\n';
      return failure();
    }
    stages.push_back({"ptx", ("The same kernels for a GPU, " + target + ", as PTX.").str(), std::move(*ptx)});
  }
  return report::emitReport(title, *closedForm, kernels, stages);
}

} // namespace normc
