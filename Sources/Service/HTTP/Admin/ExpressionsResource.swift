import Expressions
import JSON

/// `/api/v1/expressions/evaluate`: tries an expression, as the command `evaluate` does.
struct ExpressionsResource: Sendable {
  private static let evaluationsAtOnce = 2

  private let lanes = Lanes("rollcall.evaluation", evaluationsAtOnce)

  /// `{"value": [{"name", "signature"}]}`, by name.
  func functions(_ request: AdminRequest) throws -> Answer {
    try request.query.allow()
    return .page(
      FunctionCatalogue.signatures.map { ["name": .string($0.name), "signature": .string($0.signature)] }, nextLink: nil
    )
  }

  func evaluate(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    guard let body = try request.object() else { throw Refusal.badRequest("The body must be a JSON object.") }
    let result = await lanes.run {
      Result { () throws(ExpressionEvaluation.Problem) in try ExpressionEvaluation.answer(to: body) }
    }
    switch result {
    case nil: return .busy("\(Self.evaluationsAtOnce) evaluations are under way.")
    case .success(let answer): return .json(answer)
    case .failure(let problem): throw Refusal.badRequest("The body cannot be used: \(problem).")
    }
  }
}
