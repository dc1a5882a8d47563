import Logging

/// Sees that the file of a secret has changed, so that whether this mends anything is found out at once.
actor SecretRunner {
  static let clientStateKey = "listener.clientStateFile"
  private static let interval = Duration.seconds(2)

  private let secrets: [(key: String, secret: Secret)]
  private let logger: Logger
  private let changed: @Sendable (_ key: String) -> Void
  /// Of what was read last; nothing of a secret is kept beyond where it is needed.
  private var hashes: [String: Int] = [:]

  init(
    _ secrets: [(key: String, secret: Secret)], logger: Logger, changed: @escaping @Sendable (_ key: String) -> Void
  ) {
    self.secrets = secrets
    self.logger = logger
    self.changed = changed
  }

  /// Until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await look()
      try? await Task.sleep(for: Self.interval)
    }
  }

  func look() async {
    for (key, secret) in secrets {
      // One that cannot be read is said where it is needed.
      guard let hash = (try? await secret.load())?.hashValue else { continue }
      if let before = hashes.updateValue(hash, forKey: key), before != hash {
        logger.notice("A secret has changed and is used from now on.", metadata: ["key": "\(key)"])
        // Its users look at the file once a second at most.
        try? await Task.sleep(for: .seconds(1))
        changed(key)
      }
    }
  }
}
