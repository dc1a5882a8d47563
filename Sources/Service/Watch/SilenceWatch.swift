import ProvisioningModel

/// Notices that Graph sends no notifications although things change: the cycles find changes that were not notified. Losses are silent
/// (docs/reference/microsoft-graph.md, "What notifications cannot tell"), so that nothing else shows it. Pure.
struct SilenceWatch: Sendable {
  enum Event: Hashable, Sendable {
    /// `changes` were found by cycles alone.
    case silent(since: Timestamp, changes: Int)
    case heard
  }

  /// One notification may be late, and so may two: so many cycles in a row must have found changes of which none was told.
  static let cycles = 3

  private var lastHeard: Timestamp?
  /// When the last cycle read what had changed.
  private var lastRead: Timestamp
  private var began: Timestamp
  private var unheard = (cycles: 0, changes: 0)

  init(now: Timestamp) {
    lastRead = now
    began = now
  }

  var isSilent: Bool { unheard.cycles >= Self.cycles }

  /// Since when nothing was heard; nil as long as that need not mean anything.
  var silentSince: Timestamp? { isSilent ? lastHeard ?? began : nil }

  /// A notification of a change was taken.
  mutating func heard(at now: Timestamp) -> Event? {
    defer { unheard = (0, 0) }
    lastHeard = now
    return isSilent ? .heard : nil
  }

  /// - Parameters:
  ///   - changes: What has changed in the directory since the cycle before; nil when the cycle did not ask for that.
  ///   - read: When the cycle asked.
  mutating func cycleEnded(changes: Int?, read: Timestamp) -> Event? {
    defer { lastRead = read }
    guard let changes, changes > 0 else { return nil }
    if let lastHeard, lastHeard >= lastRead {
      unheard = (0, 0)
      return nil
    }
    let wasSilent = isSilent
    unheard = (unheard.cycles + 1, unheard.changes + changes)
    guard isSilent, !wasSilent else { return nil }
    return .silent(since: lastHeard ?? began, changes: unheard.changes)
  }
}

extension OperatorMail {
  init(_ event: SilenceWatch.Event) {
    switch event {
    case .silent(let since, let changes):
      self.init(
        kind: "silence", subject: "no notifications arrive",
        "\(changes) changes were found by cycles, and Microsoft Graph has sent a notification of none of them since "
          + "\(since), although the subscriptions stand.",
        advice: "see whether listener.publicUrl is reachable from the internet over HTTPS, with a valid certificate "
          + "and without a firewall or a sign-in in front; the log of the proxy there shows whether Graph calls at all.",
        meanwhile: "the cycles find what changes, so that everything arrives, but later.")
    case .heard:
      self.init(
        kind: "silence", subject: "notifications arrive again", "Microsoft Graph sends notifications again.")
    }
  }
}
