import ProvisioningModel
import Testing
@testable import Service

@Suite struct SubscriptionWatchTests {
  private let now = Timestamp(milliseconds: 1_000_000)
  private let failure = Failure(.retry(after: nil), .badRequest, "no", advice: "")

  private func record(_ resource: String, expires: Duration = .seconds(3600)) -> SubscriptionRecord {
    SubscriptionRecord(
      id: resource, resource: resource, expiration: now + expires, notificationURL: "", clientStateDigest: "")
  }

  private func watch() -> SubscriptionWatch {
    SubscriptionWatch(resources: ["/users", "/groups"])
  }

  @Test("one that is made again at once is not worth a word")
  func blip() {
    var watch = watch()
    #expect(watch.note([record("/groups")], failure, now: now).isEmpty)
    #expect(watch.note([record("/users"), record("/groups")], nil, now: now).isEmpty)
    #expect(watch.note([record("/groups")], failure, now: now).isEmpty, "it counts from anew")
  }

  @Test("one that stays away is told once, and once when it is back")
  func lost() {
    var watch = watch()
    _ = watch.note([record("/groups")], failure, now: now)
    #expect(watch.note([record("/groups")], failure, now: now) == [.lost(resource: "/users", failure)])
    #expect(watch.lost == ["/users"])
    for _ in 0..<10 { #expect(watch.note([record("/groups")], failure, now: now).isEmpty) }
    #expect(watch.note([record("/users"), record("/groups")], nil, now: now) == [.restored(resource: "/users")])
    #expect(watch.note([record("/users"), record("/groups")], nil, now: now).isEmpty)
    #expect(watch.lost.isEmpty)
  }

  @Test("one that has expired is as good as none")
  func expired() {
    var watch = watch()
    let records = [record("/users"), record("/groups", expires: .zero)]
    _ = watch.note(records, nil, now: now)
    #expect(watch.note(records, nil, now: now) == [.lost(resource: "/groups", nil)])
  }

  @Test("while Graph cannot be asked, those on record stand until they expire")
  func graphDown() {
    var watch = watch()
    let records = [record("/users"), record("/groups")]
    for _ in 0..<5 { #expect(watch.note(records, failure, now: now).isEmpty) }
  }
}
