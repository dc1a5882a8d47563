import ProvisioningRules
import Reconciler
import SynchronizationJob
import Console
import ProvisioningModel
import Storage
import WorkQueue

// What the admin API asks.

extension RollcallService {
  /// Nil when no admin token is configured.
  var adminAPI: AdminAPI? {
    guard let token = settings.listener.adminToken else { return nil }
    let identity = JobIdentity(settings)
    let uptime = Uptime(ContinuousClock())
    let sessions = SessionBook(uptime: { uptime.now })
    let cookies = SessionCookie(isTLS: settings.listener.tls != nil, publicURL: settings.console.publicURL)
    let desk = SignInDesk(
      settings, provider: assembly.identityProvider, wall: assembly.clock, uptime: uptime, logger: logger)
    return AdminAPI(
      gate: AdminGate(
        keys: [.init(caller: Caller(role: .admin, name: "admin token"), token: Secret(token))],
        sessions: sessions, cookies: cookies, logger: logger),
      page: ConsolePage(offersAccounts: desk != nil),
      signIn: desk.map { SignInResource(desk: $0, sessions: sessions, cookies: cookies) },
      job: JobResource(operations: jobOperations, identity: identity, logger: logger),
      provisioning: ProvisioningResource(state: state, identity: identity),
      connections: ConnectionsResource(state: state, logger: logger), escrows: EscrowsResource(state: state),
      orphans: OrphansResource(state: state, prefix: settings.policy.mapping.externalKeyPrefix),
      bodies: BodyReader(maxBytes: min(AdminAPI.maxBodyBytes, settings.listener.maxBodyBytes)), logger: logger)
  }

  private var jobOperations: JobOperations {
    JobOperations(
      overview: { try await self.overview() }, start: { try await self.job.start() },
      pause: { try await self.job.pause() }, restart: { try await self.job.restart($0) },
      provisionOnDemand: { try await self.provisionOnDemand(subjects: $0, dryRun: $1) },
      testConnection: { await CredentialTest(assembly: self.assembly).run() })
  }

  private func overview() async throws(Failure) -> JobOverview {
    JobOverview(
      status: job.status, progress: job.progress, quarantine: job.quarantine, heldRemovals: job.heldRemovals,
      orphans: try await state.orphanCount(since: .never).all,
      entryCounts: try await state.synchronizedEntryCounts(), queue: job.queue.statistics,
      subscriptions: try await state.subscriptions(), interval: settings.schedule.interval,
      heartbeat: assembly.clock.now + (.zero - lastBeat.duration(to: .now)),
      credentialExpiration: credential.expiration, silentSince: silence?.silentSince)
  }
}
