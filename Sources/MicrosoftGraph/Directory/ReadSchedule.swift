import ProvisioningModel

/// Decides which reads of single users go out together and when (docs/decisions/0004-batched-reads.md, "Decision"). Pure: it is told what
/// is asked for and what came back, and says what to send and which callers to answer.
/// Live reads go first, and have room of their own beside what catches up.
struct ReadSchedule: Sendable {
  /// Where a user is looked for.
  enum Place: Hashable, Sendable {
    case users
    case recycleBin
  }

  struct Read: Hashable, Sendable {
    /// The callers that the answer is for.
    var ticket: Int
    var id: ObjectID
    var place = Place.users
    var attempt = 1
    /// Goes by itself, where the upstream's retries hold for it.
    var isAlone = false
    /// A notification or a person waits for it.
    var isLive = false
    /// Whether a user who is not there is looked for in the recycle bin.
    var needsRecycleBin = true
  }

  /// What an answer means for one read.
  enum Verdict: Hashable, Sendable {
    case finished(Result<UserObservation, Failure>)
    case lookInRecycleBin
    /// Throttled, with a time to wait: again with others.
    case again
    /// Broken or unanswered: again by itself.
    case againAlone
  }

  static let maxAloneUnderWay = 4
  static let maxAttemptsInBatches = 3
  static let maxWaiting = 10_000

  private var waiting: [Read] = []
  private var alone: [Read] = []
  private var batchesUnderWay = 0
  private var aloneUnderWay = 0
  private var lastTicket = 0
  /// Tickets of users who are waited for and have not been asked for yet. A read that is under way may have seen an older state.
  private var joinable: [ObjectID: Int] = [:]

  /// - Returns: The ticket under which the answer will come; nil when too many wait.
  mutating func add(_ id: ObjectID, isLive: Bool = false, needsRecycleBin: Bool = true) -> Int? {
    if let ticket = joinable[id] {
      if isLive { hurry(ticket) }
      if needsRecycleBin, let index = waiting.firstIndex(where: { $0.ticket == ticket && !$0.needsRecycleBin }) {
        waiting[index].needsRecycleBin = true
      }
      return ticket
    }
    guard waiting.count < Self.maxWaiting else { return nil }
    lastTicket += 1
    Self.insert(Read(ticket: lastTicket, id: id, isLive: isLive, needsRecycleBin: needsRecycleBin), into: &waiting)
    joinable[id] = lastTicket
    return lastTicket
  }

  private mutating func hurry(_ ticket: Int) {
    guard let index = waiting.firstIndex(where: { $0.ticket == ticket && !$0.isLive }) else { return }
    var read = waiting.remove(at: index)
    read.isLive = true
    Self.insert(read, into: &waiting)
  }

  /// Behind those of its kind, live ones before others.
  private static func insert(_ read: Read, into list: inout [Read]) {
    let index = read.isLive ? list.firstIndex { !$0.isLive } : nil
    list.insert(read, at: index ?? list.endIndex)
  }

  /// - Returns: What to send in one request now; empty when there is nothing, or enough is under way.
  mutating func take() -> [Read] {
    if let first = alone.first, aloneUnderWay < Self.maxAloneUnderWay + (first.isLive ? 1 : 0) {
      aloneUnderWay += 1
      return [alone.removeFirst()]
    }
    guard let first = waiting.first, batchesUnderWay < GraphBatch.maxUnderWay + (first.isLive ? 1 : 0) else {
      return []
    }
    batchesUnderWay += 1
    let batch = Array(waiting.prefix(GraphBatch.maxItems))
    waiting.removeFirst(batch.count)
    for read in batch where joinable[read.id] == read.ticket { joinable[read.id] = nil }
    return batch
  }

  /// - Returns: The callers to answer, and what.
  mutating func settle(_ batch: [Read], _ verdicts: [Verdict]) -> [(ticket: Int, Result<UserObservation, Failure>)] {
    if batch.first?.isAlone == true { aloneUnderWay -= 1 } else { batchesUnderWay -= 1 }
    var answers: [(ticket: Int, Result<UserObservation, Failure>)] = []
    for (read, verdict) in zip(batch, verdicts) {
      var next = read
      switch verdict {
      case .finished(let result):
        answers.append((read.ticket, result))
      case .lookInRecycleBin where !read.needsRecycleBin: answers.append((read.ticket, .success(.absent)))
      case .lookInRecycleBin:
        next.place = .recycleBin
        next.attempt = 1
        next.isAlone = false
        Self.insert(next, into: &waiting)
      case .again where read.attempt < Self.maxAttemptsInBatches:
        next.attempt += 1
        Self.insert(next, into: &waiting)
      case .again, .againAlone:
        next.isAlone = true
        Self.insert(next, into: &alone)
      }
    }
    return answers
  }
}
