import Provisioning

/// Decides which reads of single users go out together and when (design, decision 4). Pure: it is told what is asked for and what came
/// back, and says what to send and whom to answer.
struct ReadSchedule: Sendable {
  /// Where a user is looked for.
  enum Place: Hashable, Sendable {
    case users
    case recycleBin
  }

  struct Read: Hashable, Sendable {
    /// Whom the answer is for.
    var ticket: Int
    var id: ObjectID
    var place = Place.users
    var attempt = 1
    /// Goes by itself, where the upstream's retries hold for it.
    var isAlone = false
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

  /// Graph takes no more in one batch (Graph reference, section 9).
  static let batchSize = 20
  static let maxBatchesUnderWay = 4
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
  mutating func add(_ id: ObjectID) -> Int? {
    if let ticket = joinable[id] { return ticket }
    guard waiting.count < Self.maxWaiting else { return nil }
    lastTicket += 1
    waiting.append(Read(ticket: lastTicket, id: id))
    joinable[id] = lastTicket
    return lastTicket
  }

  /// - Returns: What to send in one request now; empty when there is nothing, or enough is under way.
  mutating func take() -> [Read] {
    if aloneUnderWay < Self.maxAloneUnderWay, !alone.isEmpty {
      aloneUnderWay += 1
      return [alone.removeFirst()]
    }
    guard batchesUnderWay < Self.maxBatchesUnderWay, !waiting.isEmpty else { return [] }
    batchesUnderWay += 1
    let batch = Array(waiting.prefix(Self.batchSize))
    waiting.removeFirst(batch.count)
    for read in batch where joinable[read.id] == read.ticket { joinable[read.id] = nil }
    return batch
  }

  /// - Returns: Whom to answer, and what.
  mutating func settle(_ batch: [Read], _ verdicts: [Verdict]) -> [(ticket: Int, Result<UserObservation, Failure>)] {
    if batch.first?.isAlone == true { aloneUnderWay -= 1 } else { batchesUnderWay -= 1 }
    var answers: [(ticket: Int, Result<UserObservation, Failure>)] = []
    for (read, verdict) in zip(batch, verdicts) {
      var next = read
      switch verdict {
      case .finished(let result):
        answers.append((read.ticket, result))
      case .lookInRecycleBin:
        next.place = .recycleBin
        next.attempt = 1
        next.isAlone = false
        waiting.append(next)
      case .again where read.attempt < Self.maxAttemptsInBatches:
        next.attempt += 1
        waiting.append(next)
      case .again, .againAlone:
        next.isAlone = true
        alone.append(next)
      }
    }
    return answers
  }
}
