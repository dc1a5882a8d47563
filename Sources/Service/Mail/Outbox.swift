import HTTPTransport

/// Mails that wait to be sent, and when each is tried. Pure: it is told the time and what became of a try.
struct Outbox: Sendable {
  struct Entry: Hashable, Sendable {
    fileprivate(set) var id: Int
    let message: MailMessage
    /// What it is about, for the log.
    let kind: String
    /// Tries that failed.
    fileprivate(set) var failures = 0
    fileprivate var due: Duration
  }

  enum Step: Hashable, Sendable {
    case send(Entry)
    /// Nothing is due before this.
    case wait(until: Duration)
    case idle
  }

  enum Fate: Hashable, Sendable {
    case sent
    case triedAgain(after: Duration)
    /// Refused for good, or tried for long enough.
    case givenUp
  }

  /// More than this many events without a mail say no more than the newest of them.
  static let capacity = 100
  /// Between tries; after the last of them a mail is given up, some sixteen hours after its event.
  static let pauses: [Duration] = [10, 60, 300, 1800, 3600, 7200, 14_400, 28_800].map { .seconds($0) }

  private var entries: [Entry] = []
  private var lastID = 0

  var count: Int { entries.count }

  /// - Parameter now: Since any fixed moment, as everywhere here.
  /// - Returns: What the mail was about that had to make room, if one had to.
  mutating func add(_ message: MailMessage, kind: String, now: Duration) -> String? {
    lastID += 1
    entries.append(Entry(id: lastID, message: message, kind: kind, due: now))
    return entries.count > Self.capacity ? entries.removeFirst().kind : nil
  }

  func next(now: Duration) -> Step {
    guard let entry = entries.min(by: { $0.due < $1.due }) else { return .idle }
    return entry.due <= now ? .send(entry) : .wait(until: entry.due)
  }

  /// - Parameter failedInPassing: Whether it may go better later; nil when the mail was sent.
  mutating func settle(_ entry: Entry, failedInPassing: Bool?, now: Duration) -> Fate {
    guard let index = entries.firstIndex(where: { $0.id == entry.id }) else { return .givenUp }
    guard let failedInPassing else {
      entries.remove(at: index)
      return .sent
    }
    guard failedInPassing, entries[index].failures < Self.pauses.count else {
      entries.remove(at: index)
      return .givenUp
    }
    let pause = Self.pauses[entries[index].failures]
    entries[index].failures += 1
    entries[index].due = now + pause
    return .triedAgain(after: pause)
  }
}
