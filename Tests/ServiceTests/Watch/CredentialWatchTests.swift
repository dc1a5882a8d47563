import MicrosoftGraph
import ProvisioningModel
import Testing
@testable import Service

@Suite struct CredentialWatchTests {
  private let end = Timestamp(milliseconds: 1_800_000_000_000)

  private func before(_ duration: Duration) -> Timestamp {
    Timestamp(milliseconds: end.milliseconds - duration.milliseconds)
  }
  private func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

  @Test("with thirty days left and more nothing is told")
  func fine() {
    var watch = CredentialWatch()
    #expect(watch.note(CredentialLife(end: end), now: before(days(31))) == nil)
  }

  @Test("each stage is told once, whatever the number of looks")
  func stages() {
    var watch = CredentialWatch()
    var told: [Int] = []
    for hour in stride(from: 40 * 24, through: -48, by: -1) {
      switch watch.note(CredentialLife(end: end), now: before(.seconds(hour * 3600))) {
      case .ending(let at, let left):
        #expect(at == end)
        told.append(Int(left.milliseconds / 86_400_000))
      case .ended: told.append(-1)
      case .replaced: Issue.record("it was not replaced")
      case nil: break
      }
    }
    #expect(told == [30, 14, 7, 3, 1, -1])
  }

  @Test("who starts late is told at once, once")
  func late() {
    var watch = CredentialWatch()
    #expect(watch.note(CredentialLife(end: end), now: before(days(2))) == .ending(at: end, left: days(2)))
    #expect(watch.note(CredentialLife(end: end), now: before(days(2))) == nil)
    var expired = CredentialWatch()
    #expect(expired.note(CredentialLife(end: end), now: end) == .ended(at: end))
  }

  @Test("a new one ends the matter, and the next end is told anew")
  func replaced() {
    var watch = CredentialWatch()
    _ = watch.note(CredentialLife(end: end), now: before(days(2)))
    let next = CredentialLife(end: end + days(365))
    #expect(watch.note(next, now: before(days(1))) == .replaced(until: next.end))
    #expect(watch.note(next, now: before(days(1))) == nil)
    #expect(watch.note(next, now: end + days(360)) != nil)
  }

  @Test("what is replaced by itself is told of only when that did not happen")
  func rotated() {
    var watch = CredentialWatch()
    let life = CredentialLife(end: end, whole: .seconds(3600))
    #expect(watch.note(life, now: before(.seconds(3600))) == nil)
    #expect(watch.note(life, now: before(.seconds(400))) == nil)
    #expect(watch.note(life, now: before(.seconds(350))) == .ending(at: end, left: .seconds(350)))
    #expect(watch.note(life, now: end) == .ended(at: end))
  }

  @Test("the mail says which, when, and what to do")
  func mail() throws {
    let mail = try #require(
      OperatorMail(.ending(at: end, left: days(7)), credential: "directory.certificateFile"))
    #expect(mail.subject == "a credential ends in 7 days")
    let body = mail.body(time: end, instance: "acme")
    #expect(body.contains("directory.certificateFile") && body.contains("\(end)") && body.contains("new certificate"))
    #expect(
      OperatorMail(.ending(at: end, left: .seconds(350)), credential: "directory.federatedTokenFile")?.subject
        == "a credential ends in 5m")
    #expect(OperatorMail(.replaced(until: end), credential: "x") == nil)
  }
}
