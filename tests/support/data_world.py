"""A tree of schemas, models, migrations, infrastructure and documents that refer to each other by name."""

DATA = {
    "db/schema.sql": """
        -- People who may log in.
        CREATE TABLE public.users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
        CREATE TABLE teams (id int PRIMARY KEY, owner_id bigint REFERENCES users (id));
        ALTER TABLE ONLY teams ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES public.users (id);
        CREATE VIEW owners AS SELECT u.email FROM users u JOIN teams t ON t.owner_id = u.id;
    """,
    "db/migrations/002.sql": "ALTER TABLE users ADD COLUMN age int REFERENCES ages (id);\n",
    "db/migrations/002.down.sql": "CREATE TABLE users (id int);\n",
    "db/other.sql": "CREATE TABLE audit.users (id int);\nCREATE TABLE logs (who int REFERENCES audit.users (id));\n",
    "app/models.py": """
        from sqlalchemy import Column, ForeignKey, Integer
        from .base import Base

        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)

        class Badge(Base):
            __tablename__ = "badges"
            user_id = Column(ForeignKey("users.id"))
            team_id = Column(ForeignKey("teams.id"))
    """,
    "app/__init__.py": "",
    "blog/__init__.py": "",
    "shop/__init__.py": "",
    "app/base.py": "class Base: ...\n",
    "app/versions/1.py": """
        from alembic import op
        import sqlalchemy as sa

        def upgrade():
            op.create_table("badges", sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id")))
            op.add_column("nowhere", sa.Column("x", sa.Integer()))
    """,
    "blog/models.py": """
        from django.db import models

        class Author(models.Model):
            name = models.CharField(max_length=9)

        class Post(models.Model):
            author = models.ForeignKey("Author", on_delete=models.CASCADE)
            shop = models.ForeignKey("shop.Author", on_delete=models.CASCADE)
    """,
    "shop/models.py": """
        from django.db import models

        class Author(models.Model):
            pass
    """,
    "shop/migrations/0001.py": """
        from django.db import migrations, models

        class Migration(migrations.Migration):
            operations = [migrations.AddField(model_name="author", name="x", field=models.IntegerField())]
    """,
    "prisma/schema.prisma": """
        model Person {
          id Int @id
          pets Pet[]
          @@map("persons")
        }
        model Pet {
          id Int @id
          ownerId Int
          owner Person @relation(fields: [ownerId], references: [id])
        }
    """,
    "db/dump_a.sql": "CREATE TABLE twice (id int);\n",
    "db/dump_b.sql": "CREATE TABLE twice (id int);\n",
    "db/uses.sql": "CREATE TABLE uses (a int REFERENCES twice (id));\n",
    "infra/main.tf": """
        variable "region" {}
        resource "aws_instance" "web" {
          ami    = data.aws_ami.ubuntu.id
          subnet = module.vpc.subnet_ids[0]
          tags   = local.tags
          zone   = var.nowhere
        }
        module "vpc" {
          source = "../modules/vpc"
          cidr   = var.region
        }
        module "outside" { source = "hashicorp/consul/aws" }
        module "lost" { source = "../modules/lost" }
    """,
    "infra/data.tf": """
        data "aws_ami" "ubuntu" {}
        locals { tags = { region = var.region } }
    """,
    "infra/prod.tfvars": 'region = "eu"\n',
    "modules/vpc/main.tf": """
        variable "cidr" {}
        variable "region" {}
        output "subnet_ids" { value = var.cidr }
    """,
    "docs/guide.md": """
        # Guide

        See [users](../app/models.py#L4), [the server](/infra/main.tf), [blog](../blog/) and [lost](../lost.py).
        `Badge` is a short word, `AnotherName` and `models.Post` are classes, `app/base.py` is a file,
        `blog_author` is none of ours,
        `User.id` and `models.Author` are in several places or none, `unique_name()` is a function.
        [outside](https://example.org/app/models.py) [up](../../etc/passwd) [same](#guide)

        ```sh
        `plain()` in code is not text: [no](../app/base.py)
        ```
    """,
    "app/other.py": """
        def unique_name(): ...
        class AnotherName: ...
        def plain(): ...
    """,
    ".github/workflows/ci.yml": """
        on: push
        jobs:
          build:
            steps:
              - uses: actions/checkout@v4
              - uses: ./.github/actions/setup
          test:
            needs: [build, nothing]
    """,
    ".github/actions/setup/action.yml": "runs:\n  using: composite\n",
    "compose.yaml": """
        services:
          web:
            build: ./docker
            depends_on: [db]
          db:
            image: postgres
    """,
    "docker/Dockerfile": "FROM scratch\n",
    "settings.json": '{"a": {"b": 1}}\n',
    "rails/db/schema.rb": """
        ActiveRecord::Schema[7.1].define(version: 1) do
          create_table "accounts" do |t|
            t.string "email"
          end
          create_table "invoices" do |t|
            t.references :account, foreign_key: true
          end
        end
    """,
    "rails/lib/report.rb": "class Report\n  def run\n    accounts.each { |a| invoices(a) }\n  end\nend\n",
    "rails/app/models/account.rb": "class Account < ApplicationRecord\nend\n",
    "rails/app/models/invoice.rb": "class Invoice < ApplicationRecord\n  belongs_to :account\n"
    "  belongs_to :payer\nend\n",
    "rails/app/models/payer.rb": "class Payer < Account\nend\n",
    "rails/db/migrate/1_add.rb": """
        class Add < ActiveRecord::Migration[7.1]
          def change
            add_column :invoices, :total, :decimal
          end
        end
    """,
    "jpa/src/main/java/com/acme/Parcel.java": """
        package com.acme;

        import jakarta.persistence.*;

        @Entity
        @Table(name = "parcels")
        public class Parcel {
            @Id Long id;
            @ManyToOne @JoinColumn(name = "hub_id") Hub hub;
        }
    """,
    "jpa/src/main/java/com/acme/Hub.java": """
        package com.acme;

        import jakarta.persistence.Entity;
        import jakarta.persistence.Id;

        @Entity
        public class Hub { @Id Long id; }
    """,
    "jpa/src/main/resources/V1.sql": "CREATE TABLE parcels (id int, hub_id int REFERENCES hub (id));\n",
}
