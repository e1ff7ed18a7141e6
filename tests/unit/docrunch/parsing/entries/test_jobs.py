"""What runs by itself, on a schedule or from a queue, in several languages."""

from tests.support.entries import entries


def test_jobs() -> None:
    assert entries(
        "python",
        """
        from celery import shared_task
        from temporalio import activity
        @shared_task
        def send_mail(): ...
        @shared_task(name="nightly")
        def clean(): ...
        @activity.defn
        async def pay(): ...
        @other.work
        def none(): ...
        """,
    ) == [
        ("job", "send_mail", "send_mail", "celery"),
        ("job", "nightly", "clean", "celery"),
        ("job", "pay", "pay", "temporal"),
    ]
    assert entries(
        "java",
        """
        import org.springframework.scheduling.annotation.Scheduled;
        class A {
          @Scheduled(cron = "0 0 * * *") void nightly() {}
          @Scheduled(fixedRate = 5) void often() {}
          @KafkaListener(topics = {"orders", "bills"}) void take() {}
        }
        """,
    ) == [
        ("job", "0 0 * * *", "A.nightly", "spring"),
        ("job", "often", "A.often", "spring"),
        ("job", "bills", "A.take", "spring"),
        ("job", "orders", "A.take", "spring"),
    ]
    ruby = """
    class Mail
      include Sidekiq::Job
      def perform(id); end
    end
    class Bill < ApplicationJob
      def perform; end
    end
    class Plain
      def perform; end
    end
    """
    assert entries("ruby", ruby) == [
        ("job", "Mail", "Mail#perform", "sidekiq"),
        ("job", "Bill", "Bill#perform", "rails"),
    ]
    nest = 'import { Cron } from "@nestjs/schedule";\nclass T { @Cron("* * * * *") tick() {} }\n'
    assert entries("typescript", nest) == [("job", "* * * * *", "T.tick", "nestjs")]
