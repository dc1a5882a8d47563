import Synchronization

/// A secret that the other side repeats, while one value takes the place of another: both are accepted for as long as the other side may
/// still send the former. Pure.
struct SecretRotation<Instant: InstantProtocol & Sendable>: Sendable where Instant.Duration == Duration {
  /// Graph sends again for four hours what it could not deliver (docs/reference/microsoft-graph.md, "Delivery").
  static var overlap: Duration { .seconds(4 * 3600) }

  private var current: String?
  private var former: (text: String, until: Instant)?

  /// - Parameter text: As the file has it now.
  /// - Returns: What is accepted, the present value first.
  mutating func accepted(_ text: String, now: Instant) -> [String] {
    if let current, current != text { former = (current, now.advanced(by: Self.overlap)) }
    current = text
    if let former, former.until <= now || former.text == text { self.former = nil }
    return [text] + (former.map { [$0.text] } ?? [])
  }
}

/// The client state, and the one before it.
final class ClientState: Sendable {
  /// Of a client state, in characters (docs/reference/microsoft-graph.md, "Subscriptions").
  static let longest = 128

  private let secret: Secret
  private let rotation = Mutex(SecretRotation<ContinuousClock.Instant>())

  init(_ secret: Secret) {
    self.secret = secret
  }

  /// What subscriptions are made with.
  func load() async throws -> String { try await secret.load() }

  /// What notifications may carry.
  func accepted() async throws -> [String] {
    let text = try await secret.load()
    return rotation.withLock { $0.accepted(text, now: .now) }
  }
}
