/// What an evaluation reads from outside. Everything that could differ from one run to the next is handed in.
package struct EvaluationContext: Sendable {
  /// The value of an attribute by its exact name; null when the object has none.
  package var attributes: @Sendable (_ name: String) -> Value
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package var now: Int64
  /// The tenant's default verified domain.
  package var defaultDomain: String?
  /// Whether a value is in use in the target already, which SelectUniqueValue asks. Ignoring letter case is up to the
  /// answerer.
  package var isTaken: @Sendable (_ value: String) -> Bool
  /// 64 random bits, for Guid and RandomString: passwords are made of them.
  package var random: @Sendable () -> UInt64
  package var limits: EvaluationLimits

  package init(
    attributes: @escaping @Sendable (_ name: String) -> Value, now: Int64, defaultDomain: String? = nil,
    taken: @escaping @Sendable (_ value: String) -> Bool = { _ in false },
    random: @escaping @Sendable () -> UInt64 = { SystemRandomNumberGenerator.secure() },
    limits: EvaluationLimits = .init()
  ) {
    self.attributes = attributes
    self.now = now
    self.defaultDomain = defaultDomain
    self.isTaken = taken
    self.random = random
    self.limits = limits
  }

  /// Answers SelectUniqueValue from a list, ignoring letter case.
  package static func taken(_ values: some Sequence<String>) -> @Sendable (_ value: String) -> Bool {
    let taken = Set(values.map { Array($0.lowercased().utf8) })
    return { taken.contains(Array($0.lowercased().utf8)) }
  }
}

extension SystemRandomNumberGenerator {
  /// The platform's cryptographic generator.
  package static func secure() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}
