import HTTPTransport
import Testing

@testable import Service

@Suite struct OutboxTests {
  private static func message(_ subject: String) -> MailMessage {
    MailMessage(
      from: MailAddress("a@example.com")!, to: [MailAddress("b@example.com")!], subject: subject, body: "", id: subject,
      date: 0)
  }

  private static func outbox(_ subjects: String...) -> Outbox {
    var outbox = Outbox()
    for subject in subjects { _ = outbox.add(message(subject), kind: subject, now: .zero) }
    return outbox
  }

  private func entry(_ outbox: Outbox, at now: Duration) throws -> Outbox.Entry {
    guard case .send(let entry) = outbox.next(now: now) else {
      throw Failed()
    }
    return entry
  }

  private struct Failed: Error {}

  @Test("mails leave in order, one at a time, and are gone when they are sent")
  func order() throws {
    var outbox = Self.outbox("one", "two")
    for subject in ["one", "two"] {
      let entry = try entry(outbox, at: .zero)
      #expect(entry.message.subject == subject)
      #expect(outbox.settle(entry, failedInPassing: nil, now: .zero) == .sent)
    }
    #expect(outbox.next(now: .zero) == .idle)
  }

  @Test("what fails in passing is tried again at growing intervals, and given up in the end")
  func retries() throws {
    var outbox = Self.outbox("one")
    var now = Duration.zero
    for pause in Outbox.pauses {
      let entry = try entry(outbox, at: now)
      #expect(outbox.settle(entry, failedInPassing: true, now: now) == .triedAgain(after: pause))
      #expect(outbox.next(now: now) == .wait(until: now + pause))
      now += pause
    }
    let last = try entry(outbox, at: now)
    #expect(outbox.settle(last, failedInPassing: true, now: now) == .givenUp)
    #expect(outbox.next(now: now) == .idle)
    #expect((Duration.seconds(8 * 3600)...Duration.seconds(24 * 3600)).contains(now))
  }

  @Test("what the server refuses for good is not sent again")
  func refused() throws {
    var outbox = Self.outbox("one", "two")
    #expect(outbox.settle(try entry(outbox, at: .zero), failedInPassing: false, now: .zero) == .givenUp)
    #expect(try entry(outbox, at: .zero).message.subject == "two")
  }

  @Test("a mail that waits for its next try does not hold up a new one")
  func newOneFirst() throws {
    var outbox = Self.outbox("one")
    _ = outbox.settle(try entry(outbox, at: .zero), failedInPassing: true, now: .zero)
    _ = outbox.add(Self.message("two"), kind: "two", now: .seconds(1))
    #expect(try entry(outbox, at: .seconds(1)).message.subject == "two")
  }

  @Test("so many wait, and the oldest makes room")
  func bound() throws {
    var outbox = Outbox()
    for number in 0..<Outbox.capacity {
      #expect(outbox.add(Self.message("\(number)"), kind: "\(number)", now: .zero) == nil)
    }
    #expect(outbox.add(Self.message("new"), kind: "new", now: .zero) == "0")
    #expect(outbox.count == Outbox.capacity)
    #expect(try entry(outbox, at: .zero).message.subject == "1")
  }
}
