import Expressions

/// The value that an expression gives with these attributes, at 2000-01-01 unless told otherwise.
func evaluate(
  _ expression: String, _ attributes: [String: Value] = [:], now: Int64 = 946_684_800_000,
  random: @escaping @Sendable () -> UInt64 = { 0 }
) throws -> Value {
  try Expression(parsing: expression).evaluate(
    in: EvaluationContext(attributes: { attributes[$0] ?? .null }, now: now, random: random))
}

func parsingError(_ expression: String) -> ExpressionError? {
  do {
    _ = try Expression(parsing: expression)
    return nil
  } catch {
    return error
  }
}

func evaluationError(_ expression: String, _ attributes: [String: Value] = [:]) throws -> EvaluationError? {
  do {
    _ = try evaluate(expression, attributes)
    return nil
  } catch let error as EvaluationError {
    return error
  }
}

/// SplitMix64: the same numbers from the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
