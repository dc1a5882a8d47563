import HTTPTypes
import Hummingbird
import JSON
import ProvisioningModel
import SynchronizationJob
import TestSupport
import Testing
import WorkQueue
@testable import Service

@Suite("The job over HTTP")
struct JobResourceTests {
  @Test("Given start and pause, the job gets the order and nothing else")
  func verbs() async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.post, "/api/v1/job/pause").status == .noContent)
    #expect(await rig.call(.post, "/api/v1/job/start", body: "").status == .noContent)
    #expect(rig.job.orders == [.pause, .start])
    let answer = await rig.call(.get, "/api/v1/job/pause")
    #expect(answer.status == .methodNotAllowed && answer.headers[.allow] == "POST")
    #expect(await rig.call(.post, "/api/v1/job").status == .methodNotAllowed)
  }

  @Test(
    "Given criteria, the scope is read; what is left out is Entra's default",
    arguments: [
      (#"{"criteria": {"resetScope": "Watermark, ForceDeletes"}}"#, [.watermark, .forceDeletes] as ResetScope),
      (#"{"criteria": {"resetScope": "Full"}}"#, .full), (#"{"criteria": {"resetScope": "None"}}"#, [] as ResetScope),
      (#"{"criteria": {"resetScope": ""}}"#, .standard), (#"{"criteria": {}}"#, .standard), ("{}", .standard),
      (#"{"criteria": null}"#, .standard), ("", .standard),
    ])
  func restart(body: String, expected: ResetScope) async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.post, "/api/v1/job/restart", body: body).status == .noContent)
    #expect(rig.job.orders == [.restart(expected)])
  }

  @Test(
    "Given criteria that make no sense, the valid names are told and nothing is done",
    arguments: [
      #"{"criteria": {"resetScope": "Everything"}}"#, #"{"criteria": {"resetScope": 5}}"#,
      #"{"criteria": {"resetScope": ["Full"]}}"#,
    ])
  func badScope(body: String) async throws {
    let rig = try AdminRig()
    let answer = await rig.call(.post, "/api/v1/job/restart", body: body)
    #expect(answer.status == .badRequest)
    #expect(answer.text.contains("Watermark, Escrows, QuarantineState, ForceDeletes"))
    #expect(rig.job.orders.isEmpty)
  }

  @Test("Given a body that is no object, the answer is 400", arguments: ["[]", "5", "{", #"{"criteria": "Full"}"#])
  func badBody(body: String) async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.post, "/api/v1/job/restart", body: body).status == .badRequest)
    #expect(rig.job.orders.isEmpty)
  }

  @Test("Given an order that cannot be stored, the answer is 503 and says why")
  func notStored() async throws {
    let rig = try AdminRig()
    rig.job.fail(with: Failure(.retry(after: nil), .stateUnavailable, "The disk is full.", advice: "Make room."))
    let answer = await rig.call(.post, "/api/v1/job/pause")
    #expect(answer.status == .serviceUnavailable)
    #expect(answer.text.contains("The disk is full. Make room."))
  }

  @Test("Given subjects, they are provisioned, and an entry of each comes back with its steps")
  func provisionOnDemand() async throws {
    let rig = try AdminRig()
    let (user, group) = (ObjectID.sample(1), ObjectID.sample(2))
    let answer = await rig.call(
      .post, "/api/v1/job/provisionOnDemand",
      body: """
        {"subjects": [{"objectId": "\(user)", "objectTypeName": "User"}, {"objectId": "\(group)", "objectTypeName": "Group"}],
         "dryRun": true}
        """)
    #expect(answer.status == .ok)
    #expect(rig.job.orders == [.provision([JobSubject(user, .user), JobSubject(group, .group)], dryRun: true)])
    #expect(try answer.values("id") == ["entry-0", "entry-1"])
    #expect(try answer.json["value"]?[0]?["provisioningSteps"]?.count == 1)
    rig.job.fail(with: Failure(.quarantine, .jobPaused, "The job is paused.", advice: "Start it."))
    let refused = await rig.call(
      .post, "/api/v1/job/provisionOnDemand",
      body: #"{"subjects": [{"objectId": "\#(user)", "objectTypeName": "User"}]}"#)
    #expect(refused.status == .conflict && refused.errorCode == "JobPaused")
  }

  @Test(
    "Given subjects that make no sense, nothing is done",
    arguments: [
      "", "{}", #"{"subjects": []}"#, #"{"subjects": {}}"#, #"{"subjects": [1]}"#,
      #"{"subjects": [{"objectId": "me", "objectTypeName": "User"}]}"#,
      #"{"subjects": [{"objectId": "00000000-0000-0000-0000-000000000001"}]}"#,
      #"{"subjects": [{"objectId": "00000000-0000-0000-0000-000000000001", "objectTypeName": "Device"}]}"#,
      #"{"subjects": [{"objectId": "00000000-0000-0000-0000-000000000001", "objectTypeName": "User"}], "dryRun": "yes"}"#,
    ])
  func badSubjects(body: String) async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.post, "/api/v1/job/provisionOnDemand", body: body).status == .badRequest)
    #expect(rig.job.orders.isEmpty)
  }

  @Test("Given credentials that work, the answer is 204; otherwise it names the side and the reason")
  func validateCredentials() async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.post, "/api/v1/job/validateCredentials").status == .noContent)
    rig.job.connection(
      fails: ConnectionFailure(
        side: .directory, failure: Failure(.quarantine, .unauthorized, "The secret is wrong.", advice: "Mend it.")))
    let answer = await rig.call(.post, "/api/v1/job/validateCredentials")
    #expect(answer.status == .badRequest)
    #expect(answer.errorCode == "Unauthorized")
    #expect(try answer.json["error"]?["message"]?.string == "directory: The secret is wrong. Mend it.")
    #expect(try answer.json["error"]?["side"]?.string == "directory")
  }
}

@Suite("The job as a synchronizationJob")
struct SynchronizationJobTests {
  private func job(_ change: (inout JobOverview) -> Void) async throws -> JSON {
    let rig = try AdminRig()
    rig.job.change(change)
    return try await rig.call(.get, "/api/v1/job").json
  }

  @Test("Given a job that never ran, everything is there and says never")
  func new() async throws {
    let job = try await job { _ in }
    #expect(job["id"]?.string == "rollcall.t.a")
    #expect(job["schedule"]?["state"]?.string == "Active")
    #expect(job["schedule"]?["interval"]?.string == "PT20M")
    let status = try #require(job["status"])
    #expect(status["code"]?.string == "NotRun")
    #expect(status["lastExecution"]?.isNull == true)
    #expect(status["quarantine"]?.isNull == true)
    #expect(status["steadyStateFirstAchievedTime"]?.string == "0001-01-01T00:00:00Z")
    #expect(status["progress"]?.count == 0)
    #expect(job["heldRemovals"]?.integer == 0)
    #expect(job["heartbeatAt"]?.string == FixedClock.start.description)
  }

  @Test("Given executions, each has its state, times and counts")
  func executions() async throws {
    let job = try await job { overview in
      var execution = CycleExecution(id: "c1", kind: .full, began: FixedClock.start)
      execution.ended = FixedClock.start + .seconds(5)
      execution.counts.imported = 10
      execution.counts.exported = 4
      execution.counts.escrowed = 1
      overview.status.record.last = execution
      overview.status.record.steadyStateLastAchieved = FixedClock.start
      execution.failure = .unavailable
      overview.status.record.lastSuccessful = execution
      overview.entryCounts = [.user: 42, .group: 7]
    }
    let last = try #require(job["status"]?["lastExecution"])
    #expect(last["activityIdentifier"]?.string == "c1")
    #expect(last["state"]?.string == "EntryLevelErrors")
    #expect(last["timeEnded"]?.string == "2026-01-02T03:00:05.000Z")
    #expect(last["countImported"]?.integer == 10 && last["countExported"]?.integer == 4)
    #expect(last["countEscrowed"]?.integer == 1 && last["error"]?.isNull == true)
    let failed = try #require(job["status"]?["lastSuccessfulExecution"])
    #expect(failed["state"]?.string == "Failed" && failed["error"]?["code"]?.string == "InternalServerError")
    #expect(job["status"]?["steadyStateLastAchievedTime"]?.string == FixedClock.start.description)
    #expect(
      job["status"]?["synchronizedEntryCountByType"]?.value == [
        ["key": "Group", "value": 7], ["key": "User", "value": 42],
      ])
  }

  @Test("Given a running cycle, its progress is told with an estimate, and without a total as long as there is none")
  func progress() async throws {
    let reading = try await job { overview in
      overview.status.cycleBegan(.initial, id: "c2", at: FixedClock.start)
      overview.progress = CycleProgress(completed: 0, total: nil, failed: 0, observed: FixedClock.start)
    }
    #expect(reading["status"]?["code"]?.string == "Active")
    #expect(reading["status"]?["currentExecution"]?["activityIdentifier"]?.string == "c2")
    #expect(reading["status"]?["progress"]?[0]?["totalUnits"]?.isNull == true)
    let working = try await job { overview in
      overview.progress = CycleProgress(
        completed: 30, total: 100, failed: 2, rate: 9.96, remaining: .milliseconds(7001), observed: FixedClock.start)
    }
    let progress = try #require(working["status"]?["progress"]?[0])
    #expect(progress["completedUnits"]?.integer == 30 && progress["totalUnits"]?.integer == 100)
    #expect(progress["unitsPerSecond"]?.double == 10)
    #expect(progress["estimatedSecondsRemaining"]?.integer == 8)
  }

  @Test("Given a quarantine, reason, request and answer are shown; a disabled one disables the schedule")
  func quarantine() async throws {
    let exchange = Exchange(upstream: "xmatters", method: "POST", route: "/people", status: 401, message: "no")
    let failure = Failure(.quarantine, .unauthorized, "Refused.", advice: "Mend.", exchange: exchange)
    var status = QuarantineStatus(
      reason: .exception, failure: failure, seriesBegan: FixedClock.start, currentBegan: FixedClock.start,
      nextAttempt: FixedClock.start + .seconds(30))
    let job = try await job { $0.quarantine = status }
    #expect(job["status"]?["code"]?.string == "Quarantine")
    let quarantine = try #require(job["status"]?["quarantine"])
    #expect(quarantine["reason"]?.string == "EncounteredQuarantineException")
    #expect(quarantine["error"]?["code"]?.string == "Unauthorized")
    #expect(quarantine["request"]?["route"]?.string == "/people")
    #expect(quarantine["response"]?["status"]?.integer == 401)
    #expect(quarantine["nextAttempt"]?.string == "2026-01-02T03:00:30.000Z")
    status.isDisabled = true
    let disabled = try await self.job { $0.quarantine = status }
    #expect(disabled["schedule"]?["state"]?.string == "Disabled")
  }

  @Test("When the credential ends, and since when Graph is silent, is told once it is known")
  func watches() async throws {
    let quiet = try await job { _ in }
    #expect(quiet["credentialExpiresAt"]?.isNull == true && quiet["notificationsSilentSince"]?.isNull == true)
    let job = try await job { overview in
      overview.credentialExpiration = FixedClock.start + .seconds(86_400)
      overview.silentSince = FixedClock.start
    }
    #expect(job["credentialExpiresAt"]?.string == "2026-01-03T03:00:00.000Z")
    #expect(job["notificationsSilentSince"]?.string == "2026-01-02T03:00:00.000Z")
  }

  @Test("Given a pause, the schedule and the code say so")
  func paused() async throws {
    let job = try await job { $0.status.record.isPaused = true }
    #expect(job["schedule"]?["state"]?.string == "Paused")
    #expect(job["status"]?["code"]?.string == "Paused")
  }

  @Test("Given a queue and subscriptions, they are shown without secrets")
  func queueAndSubscriptions() async throws {
    let job = try await job { overview in
      overview.queue.ready = 3
      overview.queue.delayed = 2
      overview.queue.processing = 1
      overview.queue.oldestAge = .milliseconds(1500)
      overview.subscriptions = [
        SubscriptionRecord(
          id: "s1", resource: "/users", expiration: FixedClock.start, notificationURL: "https://x/webhooks/graph",
          clientStateDigest: "secret digest")
      ]
    }
    #expect(job["queue"]?["depth"]?.integer == 5 && job["queue"]?["delayed"]?.integer == 2)
    #expect(job["queue"]?["processing"]?.integer == 1 && job["queue"]?["oldestAgeSeconds"]?.double == 1.5)
    #expect(job["subscriptions"]?[0]?["resource"]?.string == "/users")
    #expect(!job.value.text.contains("digest"))
  }

  @Test(
    "Given a duration, it is written as Graph does",
    arguments: [
      (Duration.seconds(1200), "PT20M"), (.seconds(86_400), "PT24H"), (.seconds(5), "PT5S"), (.zero, "PT0S"),
      (.milliseconds(90_500), "PT1M30.5S"), (.milliseconds(250), "PT0.25S"), (.seconds(3661), "PT1H1M1S"),
    ])
  func durations(duration: Duration, text: String) {
    #expect(ISO8601Duration.text(duration) == text)
  }
}
