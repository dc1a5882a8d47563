import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("Reads of users share requests")
struct ReadScheduleTests {
  private static let failure = Failure(.escrow, .badRequest, "no", advice: "")

  /// As many reads as given, of different users.
  private static func schedule(_ count: Int) -> ReadSchedule {
    var schedule = ReadSchedule()
    for number in 0..<count { _ = schedule.add(id(number)) }
    return schedule
  }

  @Test("What is asked for at once goes out together, at most 20 in one request, four at a time")
  func batches() {
    var schedule = Self.schedule(100)
    var batches: [[ReadSchedule.Read]] = []
    while case let batch = schedule.take(), !batch.isEmpty { batches.append(batch) }
    #expect(batches.map(\.count) == [20, 20, 20, 20])
    _ = schedule.settle(batches[0], batches[0].map { _ in .finished(.success(.absent)) })
    #expect(schedule.take().count == 20)
    #expect(schedule.take().isEmpty)
  }

  @Test("Callers of the same user share a read that has not gone out; one that has may have seen an older state")
  func sharing() {
    var schedule = Self.schedule(0)
    let first = schedule.add(id(1))
    #expect(schedule.add(id(1)) == first)
    #expect(schedule.take().count == 1)
    #expect(schedule.add(id(1)) != first)
  }

  @Test("Live reads go before those of a cycle, and find room when the cycle takes all of it")
  func live() {
    var schedule = Self.schedule(100)
    for _ in 0..<4 { #expect(schedule.take().count == 20) }
    #expect(schedule.take().isEmpty)
    let ticket = schedule.add(id(200), isLive: true)
    let batch = schedule.take()
    #expect(batch.first?.ticket == ticket)
    #expect(batch.count == 20, "others fill it up")
    _ = schedule.add(id(201), isLive: true)
    #expect(schedule.take().isEmpty, "one batch more, not any number")
  }

  @Test("A read of a cycle becomes live when a notification asks for the same user")
  func hurries() {
    var schedule = Self.schedule(50)
    let ticket = schedule.add(id(49), isLive: true)
    #expect(schedule.take().first?.ticket == ticket)
    #expect(schedule.take().contains { $0.ticket == ticket } == false)
  }

  @Test("So many wait, and no more")
  func bound() {
    var schedule = Self.schedule(ReadSchedule.maxWaiting)
    #expect(schedule.add(id(ReadSchedule.maxWaiting)) == nil)
    #expect(schedule.add(id(0)) != nil, "a shared read takes no room")
  }

  @Test("Every read is answered with its own result")
  func answers() {
    var schedule = Self.schedule(3)
    let batch = schedule.take()
    let answers = schedule.settle(
      batch, [.finished(.success(.softDeleted)), .finished(.failure(Self.failure)), .lookInRecycleBin])
    #expect(answers.map(\.ticket) == [batch[0].ticket, batch[1].ticket])
    #expect(answers[0].1 == .success(.softDeleted))
    #expect(answers[1].1 == .failure(Self.failure))
    let next = schedule.take()
    #expect(next.map(\.ticket) == [batch[2].ticket])
    #expect(next.map(\.place) == [.recycleBin])
  }

  @Test("Throttled reads go out again together, twice; then each by itself")
  func throttled() {
    var schedule = Self.schedule(2)
    for _ in 0..<ReadSchedule.maxAttemptsInBatches {
      let batch = schedule.take()
      #expect(batch.count == 2)
      #expect(schedule.settle(batch, [.again, .again]).isEmpty)
    }
    #expect(schedule.take().count == 1)
    #expect(schedule.take().count == 1)
  }

  @Test("A broken read goes by itself and does not take room from the batches")
  func alone() {
    var schedule = Self.schedule(2)
    let batch = schedule.take()
    #expect(schedule.settle(batch, [.againAlone, .finished(.success(.absent))]).isEmpty == false)
    let alone = schedule.take()
    #expect(alone.map(\.isAlone) == [true])
    for number in 10..<110 { _ = schedule.add(id(number)) }
    for _ in 0..<4 { #expect(schedule.take().count == 20) }
    _ = schedule.settle(alone, [.finished(.success(.absent))])
    #expect(schedule.take().isEmpty, "the four batches are still under way")
  }
}
